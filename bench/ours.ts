// The helpdesk as a host mounts it.
import { createHelpdesk } from "@deskwright/core";
import { helpdesk } from "@deskwright/express";
import { postgres } from "@deskwright/postgres";
import express from "express";

const schema = "deskwright_bench";

export const dropOurs = `drop schema if exists ${schema} cascade;`;

/** Straight into the tables, as a million tickets through the front door would take an hour. */
export const seedOurs = (tickets: number, messagesEach: number) => `
  insert into ${schema}.users (tenant, id, version, role, email_verified, external_id, active, created_at, updated_at)
  values ('default', 1, 1, 'customer', false, 'c-1', true, now(), now());
  insert into ${schema}.tickets (tenant, id, subject, status, priority, tags, requester, channel, custom, created_at)
  select 'default', n, 'Ticket ' || n, 'open', 'normal', '{}', 1, 'web', '{}',
    '2026-01-01'::timestamptz + n * interval '1 second' from generate_series(1, ${tickets}) n;
  insert into ${schema}.ticket_activity (tenant, id, version, status, requester, deleted, updated_at, sent_customer,
    sent_agents, read_customer, read_agents)
  select 'default', n, 1, 'open', 1, false, '2026-01-01'::timestamptz + n * interval '1 second', 1, 0, 0, 0
  from generate_series(1, ${tickets}) n;
  insert into ${schema}.messages (tenant, id, ticket_id, version, note, author, role, text, attachments, channel, created_at)
  select 'default', nextval('${schema}.message_id'), n, 1, false, 1, 'customer', repeat('The printer burns. ', 10), '[]',
    'web', now() from generate_series(1, 200) n, generate_series(1, ${messagesEach});
  insert into ${schema}.tallies (tenant, status, assignee, shard, count) values ('default', 'open', 0, 0, ${tickets});
  insert into ${schema}.counters (tenant, last_ticket) values ('default', ${tickets});
  select setval('${schema}.user_id', 1000);
  analyze ${schema}.tickets, ${schema}.ticket_activity, ${schema}.messages;`;

export const openOurs = (url: string) => createHelpdesk({ storage: postgres({ url, schema }), run: { workers: 0 } });

export const oursApp = async (url: string) => {
  const desk = await openOurs(url);
  const app = express().disable("x-powered-by").disable("etag");
  app.use(
    helpdesk(desk, {
      actor: (req) => ({
        role: req.headers["x-role"] === "agent" ? "agent" : "customer",
        user: { externalId: req.headers["x-role"] === "agent" ? "a-1" : "c-1" },
      }),
    }),
  );
  return { app, close: () => desk.close() };
};
