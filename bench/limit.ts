// The bare limit: Express and pg, one hand-written statement for each request, no checks beyond what SQL does.
import express from "express";
import pg from "pg";

const schema = "bare_bench";

export const limitTables = `
  drop schema if exists ${schema} cascade;
  create schema ${schema};
  create table ${schema}.tickets (
    id bigint generated always as identity primary key, subject text not null, status text not null,
    priority text not null, category text, queue text, requester bigint not null, assignee bigint,
    unread integer not null, created_at timestamptz not null, updated_at timestamptz not null);
  create index on ${schema}.tickets (created_at, id);
  create index on ${schema}.tickets (updated_at, id);
  create index on ${schema}.tickets (status, created_at, id);
  create index on ${schema}.tickets (assignee, created_at, id);
  create index on ${schema}.tickets (requester, created_at, id);
  create table ${schema}.messages (
    id bigint generated always as identity primary key, ticket_id bigint not null, author bigint not null,
    text text not null, created_at timestamptz not null);
  create index on ${schema}.messages (ticket_id, id);
  create table ${schema}.events (
    position bigint generated always as identity primary key, ticket_id bigint not null, data jsonb not null,
    at timestamptz not null);
  create index on ${schema}.events (ticket_id, position);
  create table ${schema}.tallies (status text, shard integer, count integer not null, primary key (status, shard));`;

export const seedLimit = (tickets: number, messagesEach: number) => `
  insert into ${schema}.tickets (subject, status, priority, requester, unread, created_at, updated_at)
  select 'Ticket ' || n, 'open', 'normal', 1, 0, t, t
  from (select n, '2026-01-01'::timestamptz + n * interval '1 second' as t from generate_series(1, ${tickets}) n) x;
  insert into ${schema}.messages (ticket_id, author, text, created_at)
  select n, 1, repeat('The printer burns. ', 10), now() from generate_series(1, 200) n, generate_series(1, ${messagesEach});
  analyze ${schema}.tickets, ${schema}.messages;`;

const create = `
  with t as (
    insert into ${schema}.tickets (subject, status, priority, requester, unread, created_at, updated_at)
    values ($1, 'open', 'normal', $2, 1, now(), now()) returning *
  ), m as (
    insert into ${schema}.messages (ticket_id, author, text, created_at) select id, $2, $3, now() from t returning id
  ), e as (
    insert into ${schema}.events (ticket_id, data, at)
    select t.id, jsonb_build_object('type', 'TicketOpened', 'messageId', m.id), now() from t, m
  ), c as (
    insert into ${schema}.tallies as c (status, shard, count) values ('open', pg_backend_pid() % 16, 1)
    on conflict (status, shard) do update set count = c.count + 1
  ) select * from t`;

const message = `
  with t as (
    update ${schema}.tickets set unread = unread + 1, updated_at = now() where id = $1 and requester = $2 returning id
  ), m as (
    insert into ${schema}.messages (ticket_id, author, text, created_at) select id, $2, $3, now() from t returning *
  ), e as (
    insert into ${schema}.events (ticket_id, data, at)
    select m.ticket_id, jsonb_build_object('type', 'MessageReceived', 'messageId', m.id), now() from m
  ) select * from m`;

export const limitApp = (url: string) => {
  const pool = new pg.Pool({ connectionString: url, max: 10 });
  const app = express().disable("x-powered-by").disable("etag").use(express.json());
  const run = (name: string, text: string, values: ReadonlyArray<unknown>) =>
    pool.query({ name, text, values: [...values] });
  app.post("/tickets", async (req, res) => {
    const { rows } = await run("create", create, [req.body.subject, 1, req.body.text]);
    res.status(201).json(rows[0]);
  });
  app.post("/tickets/:id/messages", async (req, res) => {
    const { rows } = await run("message", message, [req.params.id, 1, req.body.text]);
    res.status(rows[0] ? 201 : 404).json(rows[0] ?? {});
  });
  app.get("/tickets/:id", async (req, res) => {
    const { rows } = await run("ticket", `select * from ${schema}.tickets where id = $1`, [req.params.id]);
    res.status(rows[0] ? 200 : 404).json(rows[0] ?? {});
  });
  app.get("/tickets/:id/messages", async (req, res) => {
    const text = `select * from ${schema}.messages where ticket_id = $1 order by id limit 100`;
    res.json((await run("messages", text, [req.params.id])).rows);
  });
  app.get("/tickets", async (_req, res) => {
    const text = `select * from ${schema}.tickets order by created_at desc, id desc limit 50`;
    res.json((await run("list", text, [])).rows);
  });
  return { app, close: () => pool.end() };
};
