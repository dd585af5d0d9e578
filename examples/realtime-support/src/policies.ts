import type { Beginning, CreateHelpdeskOptions, StatusMachine } from "@deskwright/core";

/** An admin may set any status from any other; only messages move a ticket by themselves. */
const statuses: StatusMachine = {
  initial: "open",
  reopened: "open",
  statuses: {
    open: { category: "open", moves: "any" },
    in_progress: { category: "open", moves: "any" },
    waiting_for_user: { category: "pending", moves: "any" },
    resolved: { category: "solved", moves: "any" },
    closed: { category: "closed", moves: "any" },
  },
  customerReplied: { waiting_for_user: "in_progress" },
  agentReplied: { open: "in_progress" },
};

const priorities: ReadonlyArray<Beginning> = [
  { key: "low", name: "Low" },
  { key: "medium", name: "Medium" },
  { key: "high", name: "High" },
  { key: "urgent", name: "Urgent" },
];

/** What this support team chose where a helpdesk has a choice. */
export const policies: CreateHelpdeskOptions = {
  statuses,
  priorities,
  defaultPriority: "medium",
  policies: {
    followUp: { type: "reopen" },
    // Who is an admin only the tokens know: a ticket can be given to one who was never here.
    assigneeMustBeAgent: false,
  },
};

export const statusNames = Object.keys(statuses.statuses);
