import type {
  Conversation,
  File,
  Message,
  NewEvent,
  NewJob,
  RecordRow,
  Row,
  TicketRow,
  Touch,
  User,
} from "@deskwright/core/effect";

/** A moment that is the same in every run; `ms` later. */
export const time = (ms = 0): Date => new Date(Date.UTC(2031, 4, 6, 7, 8, 9, 123) + ms);

export const ticketRow = (id: number, requester: number, fields: Partial<TicketRow> = {}): TicketRow => ({
  id,
  version: 0,
  subject: "Printer on fire",
  status: "open",
  priority: "normal",
  category: null,
  tags: [],
  queue: null,
  requester,
  assignee: null,
  channel: "web",
  custom: {},
  followsUp: null,
  mergedInto: null,
  createdAt: time(),
  updatedAt: time(),
  firstReplyAt: null,
  resolvedAt: null,
  closedAt: null,
  sent: { customer: 0, agents: 0 },
  read: { customer: 0, agents: 0 },
  deletedAt: null,
  ...fields,
});

export const messageRow = (id: number, ticketId: number, fields: Partial<Message> = {}): Message => ({
  id,
  ticketId,
  version: 0,
  note: false,
  author: null,
  role: "system",
  text: "It smells of smoke.",
  html: null,
  fullText: null,
  attachments: [],
  channel: "web",
  createdAt: time(),
  editedAt: null,
  deletedAt: null,
  ...fields,
});

export const userRow = (id: number, fields: Partial<User> = {}): User => ({
  id,
  version: 0,
  role: "customer",
  name: "Ada",
  email: null,
  emailVerified: false,
  externalId: null,
  active: true,
  locale: null,
  createdAt: time(),
  updatedAt: time(),
  ...fields,
});

export const fileRow = (id: number, fields: Partial<File> = {}): File => ({
  id,
  version: 0,
  name: "photo.jpg",
  contentType: "image/jpeg",
  size: 5,
  sha256: "0".repeat(64),
  storageKey: `files/${id}`,
  uploadedBy: null,
  messageId: null,
  ticketId: null,
  createdAt: time(),
  ...fields,
});

export const recordRow = (id: number, fields: Partial<RecordRow> = {}): RecordRow => ({
  collection: "queue",
  key: `key-${id}`,
  id,
  version: 0,
  data: { name: "Sales" },
  ...fields,
});

export const conversationRow = (address: string, user: number, fields: Partial<Conversation> = {}): Conversation => ({
  channel: "chat",
  address,
  version: 0,
  user,
  ticketId: null,
  ...fields,
});

export const newJob = (id: number, kind: string, fields: Partial<NewJob> = {}): NewJob => ({
  id,
  kind,
  payload: null,
  runAt: time(),
  maxAttempts: 3,
  unique: null,
  ...fields,
});

/** An event that tells its number, so that a reader can say which ones came. */
export const newEvent = (number: number): NewEvent => ({
  type: "UserAdded",
  userId: number,
  version: 1,
  at: time(number),
  actor: { role: "system", user: null },
});

export const ticketEvent = (ticketId: number, requester: number): NewEvent => ({
  type: "StatusChanged",
  ticketId,
  requester,
  from: "open",
  to: "closed",
  version: 1,
  at: time(),
  actor: { role: "agent", user: requester },
});

export const touchOf = (ticketId: number, fields: Partial<Touch> = {}): Touch => ({
  ticketId,
  version: null,
  updatedAt: null,
  sent: { customer: 0, agents: 0 },
  read: { customer: 0, agents: 0 },
  ...fields,
});

/** The row as it is stored by the commit that puts it. */
export const stored = <A extends { readonly version: number }>(row: A): A => ({ ...row, version: row.version + 1 });

/** A row of one kind. */
export type RowOf<K extends Row["kind"]> = Extract<Row, { readonly kind: K }>["row"];

export const put = <K extends Row["kind"]>(kind: K, row: RowOf<K>): Row => ({ kind, row }) as Row;
