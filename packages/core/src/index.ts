/** The await door: everything a host needs, in plain functions that return promises. @module */
export type { Actor, Role } from "./Actor.ts";
export type * from "./channel/Channel.ts";
export type { DeliveryListQuery, DeliveryPage } from "./channel/Deliveries.ts";
export type { Delivery, DeliveryState } from "./channel/Delivery.ts";
export type { SourceHealth } from "./channel/SourceHealth.ts";
export { createHelpdesk } from "./createHelpdesk.ts";
export type { ActorRef, CreateHelpdeskOptions, Desk, EventsQuery, Helpdesk, JobHandler } from "./Desk.ts";
export * from "./Errors.ts";
export type { Event, EventOf, EventType } from "./Event.ts";
export type { EventPageQuery } from "./EventLog.ts";
export type { Attachment, File } from "./file/File.ts";
export type { NewFile, OpenFile } from "./file/Files.ts";
export type { HealthReport } from "./Health.ts";
export type { Balance, Inbound, InboundState } from "./inbox/Inbound.ts";
export type { ChatMessage } from "./inbox/Inbox.ts";
export type { InboundListQuery } from "./inbox/Intakes.ts";
export type { Job, JobState } from "./jobs/Job.ts";
export type { JobListQuery, NewJobInput } from "./jobs/Jobs.ts";
export type { LiveSignal, LiveState } from "./Live.ts";
export type { NoticeAbout, NoticeText, Template, Templates } from "./notice/Notice.ts";
export { defaultTemplates } from "./notice/templates.ts";
export type { Policies } from "./Policies.ts";
export type { Action, Heard, Permission, Resource } from "./permission.ts";
export type { EventPage } from "./Query.ts";
export type { Entry } from "./queue/Entry.ts";
export type { EntryChange, NewEntry } from "./queue/Lists.ts";
export type { Authorize, Beginning } from "./Settings.ts";
export type { Message } from "./ticket/Message.ts";
export type { Guard, StatusCategory, StatusMachine } from "./ticket/StatusMachine.ts";
export { defaultStatuses } from "./ticket/status.ts";
export type { Ticket } from "./ticket/Ticket.ts";
export type {
  MessageEdit,
  MessageListQuery,
  NewMessage,
  NewTicket,
  TicketChange,
  TicketListQuery,
  TicketPage,
  TicketStats,
} from "./ticket/TicketInput.ts";
export type { TicketFilter, TicketSort } from "./ticket/TicketQuery.ts";
export type { User, UserRef, UserRole } from "./user/User.ts";
export type { NewUser, UserChange, UserListQuery } from "./user/Users.ts";
