import type { CreateHelpdeskOptions, StatusMachine } from "@deskwright/core";

/** Any status may follow any other. */
const statuses: StatusMachine = {
  initial: "open",
  reopened: "open",
  statuses: {
    open: { category: "open", moves: "any" },
    in_progress: { category: "open", moves: "any" },
    closed: { category: "closed", moves: "any" },
  },
  customerReplied: {},
  agentReplied: { open: "in_progress" },
};

/** What this team chose where a helpdesk has a choice: there are no roles, so anybody may be an operator. */
export const policies: CreateHelpdeskOptions = {
  statuses,
  policies: { assigneeMustBeAgent: false, retryUnknown: true },
};

export const statusNames = Object.keys(statuses.statuses);
