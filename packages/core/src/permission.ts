import type { Actor, Role } from "./Actor.ts";
import type { Event } from "./Event.ts";
import type { Message } from "./ticket/Message.ts";
import type { Ticket } from "./ticket/Ticket.ts";
import type { User } from "./user/User.ts";

/** Everything that somebody can ask to do. */
export type Action =
  | "ticket.open"
  | "ticket.read"
  | "ticket.list"
  | "ticket.update"
  | "ticket.remove"
  | "ticket.markRead"
  | "message.reply"
  | "message.note"
  | "message.edit"
  | "message.remove"
  | "user.read"
  | "user.list"
  | "user.write"
  | "list.read"
  | "list.write"
  | "file.add"
  | "job.read"
  | "job.write"
  | "stats.read";

/** What it is to be done to; null where it is nothing in particular. */
export interface Resource {
  readonly ticket?: Ticket;
  /** Who a new ticket is to be opened for. */
  readonly requester?: number | null;
  readonly message?: Message;
  readonly user?: Pick<User, "id" | "role">;
}

/** `hidden`: the actor may not even learn that it exists. */
export type Permission = "yes" | "no" | "hidden";

const everything: ReadonlyArray<Role> = ["admin", "system"];
const staff: ReadonlyArray<Role> = ["agent", "bot", "rule"];
const forStaff: ReadonlyArray<Action> = [
  "ticket.open",
  "ticket.read",
  "ticket.list",
  "ticket.update",
  "ticket.markRead",
  "message.reply",
  "message.note",
  "user.read",
  "user.list",
  "list.read",
  "file.add",
  "stats.read",
];
const forCustomers: ReadonlyArray<Action> = [
  "ticket.read",
  "ticket.list",
  "ticket.markRead",
  "message.reply",
  "list.read",
  "file.add",
];

/** What each role may do by default; a host's `authorize` may say otherwise. */
export const permissionOf = (actor: Actor, action: Action, resource: Resource): Permission => {
  if (everything.includes(actor.role)) return "yes";
  if (actor.role === "customer") return permissionOfCustomer(actor, action, resource);
  if (!staff.includes(actor.role)) return "no";
  if (forStaff.includes(action)) return "yes";
  if (actor.role !== "agent" || actor.user === null) return "no";
  if (action === "message.edit") return resource.message?.author === actor.user ? "yes" : "no";
  if (action === "user.write") return resource.user?.role === "customer" ? "yes" : "no";
  return "no";
};

const permissionOfCustomer = (actor: Actor, action: Action, resource: Resource): Permission => {
  const { ticket, message, user } = resource;
  if (actor.user === null) return "no";
  if (action === "ticket.open") return resource.requester === actor.user ? "yes" : "no";
  if (action === "user.read") return user?.id === actor.user ? "yes" : "hidden";
  if (ticket && ticket.requester !== actor.user) return "hidden";
  if (message?.note) return "hidden";
  return forCustomers.includes(action) ? "yes" : "no";
};

/** An event, or what somebody does on a ticket right now, which is told without being stored. */
export type Heard = Event | { readonly tenant: string; readonly ticketId: number; readonly requester: number };

/** What role an actor has may keep them from hearing of something, whoever's ticket it is: the agents' own affairs. */
export const isKeptFrom = (actor: Actor, heard: Heard): boolean =>
  actor.role === "customer" && "type" in heard && (agentsOnly.includes(heard.type) || ("note" in heard && heard.note));

const agentsOnly: ReadonlyArray<Event["type"]> = ["NoteAdded", "TagsChanged", "Delivered", "DeliveryFailed"];

/** Whether an actor may hear of something: customers of their own tickets only, and never of notes and tags. */
export const mayHear = (actor: Actor, heard: Heard): boolean => {
  if (heard.tenant !== actor.tenant || isKeptFrom(actor, heard)) return false;
  if (actor.role !== "customer") return true;
  return "requester" in heard && heard.requester === actor.user;
};

/** A ticket as its requester sees it: tags are the agents' own. */
export const ticketFor = (actor: Actor, ticket: Ticket): Ticket =>
  actor.role === "customer" ? { ...ticket, tags: [] } : ticket;
