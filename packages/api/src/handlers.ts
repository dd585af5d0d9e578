import { InvalidInput, NotFound } from "@deskwright/core";
import type { Files } from "./contract/Files.ts";
import type { Queues } from "./contract/Lists.ts";
import type { Messages } from "./contract/Messages.ts";
import type { Tickets } from "./contract/Tickets.ts";
import type { Traffic } from "./contract/Traffic.ts";
import type { Users } from "./contract/Users.ts";
import type { Work } from "./contract/Work.ts";
import type { HandlersOf } from "./Endpoint.ts";
import { fileAnswer } from "./fileAnswer.ts";
import { onVersion, underKey } from "./preconditions.ts";

// Each call of the contract as a call of the helpdesk. Nothing about tickets is decided here.

const tickets: HandlersOf<typeof Tickets> = {
  open: ({ payload, headers }, desk) => underKey(headers, (once) => desk.tickets.open({ ...payload, ...once })),
  list: ({ query }, desk) => desk.tickets.list(query),
  get: ({ params }, desk) => desk.tickets.get(params.id),
  update: ({ params, payload, headers }, desk) =>
    onVersion(headers, (options) => desk.tickets.update(params.id, payload, options)),
  remove: ({ params }, desk) => desk.tickets.remove(params.id),
  merge: ({ params, payload }, desk) => desk.tickets.merge(params.id, payload.into),
  markRead: ({ params }, desk) => desk.tickets.markRead(params.id),
  history: ({ params, query }, desk) => desk.tickets.history(params.id, query.after),
  messages: ({ params, query }, desk) => desk.messages.list(params.id, query),
  reply: ({ params, payload, headers }, desk) =>
    underKey(headers, (once) => desk.messages.reply(params.id, { ...payload, ...once })),
  note: ({ params, payload, headers }, desk) =>
    underKey(headers, (once) => desk.messages.note(params.id, { ...payload, ...once })),
};

const messages: HandlersOf<typeof Messages> = {
  get: ({ params }, desk) => desk.messages.get(params.id),
  edit: ({ params, payload, headers }, desk) =>
    onVersion(headers, (options) => desk.messages.edit(params.id, payload, options)),
  remove: ({ params }, desk) => desk.messages.remove(params.id),
  receive: ({ payload, headers }, desk) => underKey(headers, (once) => desk.inbox.receive({ ...payload, ...once })),
};

const files: HandlersOf<typeof Files> = {
  get: async ({ params }, desk) => fileAnswer(await desk.files.get(params.id)),
};

const users: HandlersOf<typeof Users> = {
  me: (_, desk) => desk.actor(),
  create: ({ payload }, desk) => desk.users.create(payload),
  list: ({ query }, desk) => desk.users.list(query),
  find: async ({ query: { email, externalId } }, desk) => {
    if ((email === undefined) === (externalId === undefined))
      throw new InvalidInput({ issues: [{ path: ["email"], message: "Expected either email or externalId" }] });
    const user = await desk.users.find(externalId === undefined ? { email: email as string } : { externalId });
    if (user === null) throw new NotFound({ kind: "user", id: externalId ?? (email as string) });
    return user;
  },
  get: ({ params }, desk) => desk.users.get(params.id),
  update: ({ params, payload, headers }, desk) =>
    onVersion(headers, (options) => desk.users.update(params.id, payload, options)),
  setPassword: ({ params, payload }, desk) => desk.passwords.set(params.id, payload.password),
};

const list = (name: "queues" | "categories" | "priorities"): HandlersOf<typeof Queues> => ({
  create: ({ payload }, desk) => desk[name].create(payload),
  list: ({ query }, desk) => desk[name].list(query),
  update: ({ params, payload, headers }, desk) =>
    onVersion(headers, (options) => desk[name].update(params.key, payload, options)),
  remove: async ({ params }, desk) => {
    await desk[name].remove(params.key);
  },
});

const work: HandlersOf<typeof Work> = {
  stats: (_, desk) => desk.tickets.stats(),
  events: ({ query }, desk) => desk.eventPage(query),
  jobs: ({ query }, desk) => desk.jobs.list(query),
  job: ({ params }, desk) => desk.jobs.get(params.id),
  retryJob: ({ params }, desk) => desk.jobs.retry(params.id),
};

const traffic: HandlersOf<typeof Traffic> = {
  health: (_, desk) => desk.health(),
  balance: (_, desk) => desk.inbound.balance(),
  inbound: ({ query }, desk) => desk.inbound.list(query),
  inboundItem: ({ params }, desk) => desk.inbound.get(params.id),
  replay: ({ params }, desk) => desk.inbound.replay(params.id),
  deliveries: ({ query }, desk) => desk.deliveries.list(query),
  delivery: ({ params }, desk) => desk.deliveries.get(params.id),
  retryDelivery: ({ params }, desk) => desk.deliveries.retry(params.id),
};

export const handlers = {
  tickets,
  messages,
  files,
  users,
  queues: list("queues"),
  categories: list("categories"),
  priorities: list("priorities"),
  work,
  traffic,
};
