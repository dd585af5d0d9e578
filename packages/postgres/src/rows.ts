import type {
  ClaimedJob,
  Conversation,
  Event,
  File,
  Job,
  JobTally,
  Message,
  Once,
  RecordRow,
  Tally,
  TicketRow,
  User,
} from "@deskwright/core/effect";
import type { Values } from "./Database.ts";

// What is selected for each kind of row, and the row it makes. Ids come as float8, which is exact up to 2^53 and
// a number at once, where int8 would be a bigint. Rows come as arrays: objects of one shape are made here, in one step.

const ofTicket = `subject, status, priority, category, tags, queue, requester, assignee, channel, custom, follows_up, merged_into,
  created_at, first_reply_at, resolved_at, closed_at, deleted_at`;
const ofActivity = "version, updated_at, sent_customer, sent_agents, read_customer, read_agents";

/** What a ticket's row takes from each of its tables. */
export const ownColumns = { t: `t.id, ${ofTicket}`, a: `a.id, ${ofActivity}` };

/** The row of a ticket: `t` is its place in `tickets`, `a` that in `ticket_activity`. */
export const ticketColumns = `t.id::float8, a.version, t.subject, t.status, t.priority, t.category, t.tags, t.queue,
  t.requester::float8, t.assignee::float8, t.channel, t.custom, t.follows_up::float8, t.merged_into::float8, t.created_at, a.updated_at,
  t.first_reply_at, t.resolved_at, t.closed_at, a.sent_customer, a.sent_agents, a.read_customer, a.read_agents,
  t.deleted_at`;

export const ticketOf = (row: Values): TicketRow =>
  ({
    id: row[0],
    version: row[1],
    subject: row[2],
    status: row[3],
    priority: row[4],
    category: row[5],
    tags: row[6],
    queue: row[7],
    requester: row[8],
    assignee: row[9],
    channel: row[10],
    custom: row[11],
    followsUp: row[12],
    mergedInto: row[13],
    createdAt: row[14],
    updatedAt: row[15],
    firstReplyAt: row[16],
    resolvedAt: row[17],
    closedAt: row[18],
    sent: { customer: row[19], agents: row[20] },
    read: { customer: row[21], agents: row[22] },
    deletedAt: row[23],
  }) as TicketRow;

export const messageColumns = `m.id::float8, m.ticket_id::float8, m.version, m.note, m.author::float8, m.role, m.text,
  m.html, m.full_text, m.attachments, m.channel, m.created_at, m.edited_at, m.deleted_at`;

export const messageOf = (row: Values): Message =>
  ({
    id: row[0],
    ticketId: row[1],
    version: row[2],
    note: row[3],
    author: row[4],
    role: row[5],
    text: row[6],
    html: row[7],
    fullText: row[8],
    attachments: row[9],
    channel: row[10],
    createdAt: row[11],
    editedAt: row[12],
    deletedAt: row[13],
  }) as Message;

export const userColumns = `u.id::float8, u.version, u.role, u.name, u.email, u.email_verified, u.external_id, u.active,
  u.locale, u.created_at, u.updated_at`;

export const userOf = (row: Values): User => {
  const [id, version, role, name, email, emailVerified, externalId, active, locale, createdAt, updatedAt] = row;
  return { id, version, role, name, email, emailVerified, externalId, active, locale, createdAt, updatedAt } as User;
};

export const conversationColumns = "c.channel, c.address, c.version, c.user_id::float8, c.ticket_id::float8";

export const conversationOf = ([channel, address, version, user, ticketId]: Values): Conversation =>
  ({ channel, address, version, user, ticketId }) as Conversation;

export const fileColumns = `f.id::float8, f.version, f.name, f.content_type, f.size::float8, f.sha256, f.storage_key,
  f.uploaded_by::float8, f.message_id::float8, f.ticket_id::float8, f.created_at`;

export const fileOf = (row: Values): File => {
  const [id, version, name, contentType, size, sha256, storageKey, uploadedBy, messageId, ticketId, createdAt] = row;
  const stored = { sha256, storageKey, uploadedBy, messageId, ticketId, createdAt };
  return { id, version, name, contentType, size, ...stored } as File;
};

export const recordColumns = "r.id::float8, r.version, r.collection, r.key, r.data";

export const recordOf = ([id, version, collection, key, data]: Values): RecordRow =>
  ({ id, version, collection, key, data }) as RecordRow;

export const onceOf = ([key, result]: Values): Once => ({ key, result }) as Once;

export const jobColumns = `j.id::float8, j.tenant, j.kind, j.payload, j.state, j.run_at, j.attempts, j.max_attempts,
  j.result, j.error, j.created_at, j.finished_at`;

export const jobOf = (row: Values): Job => {
  const [id, tenant, kind, payload, state, runAt, attempts, maxAttempts, result, error, createdAt, finishedAt] = row;
  return {
    id,
    tenant,
    kind,
    payload,
    state,
    runAt,
    attempts,
    maxAttempts,
    result,
    error,
    createdAt,
    finishedAt,
  } as Job;
};

export const claimedJobOf =
  (token: string) =>
  (row: Values): ClaimedJob => {
    const job = jobOf(row);
    return { id: job.id, token, job };
  };

export const jobTallyOf = ([state, outcome, count]: Values): JobTally => ({ state, outcome, count }) as JobTally;

export const tallyOf = ([status, assignee, count]: Values): Tally => ({ status, assignee, count }) as Tally;

export const eventOf = ([position, tenant, at, data]: Values): Event =>
  ({ ...(data as object), position, tenant, at }) as Event;
