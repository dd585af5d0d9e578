import type { CreateHelpdeskOptions, StatusMachine } from "@deskwright/core";

/** What is closed stays closed: whoever writes again gets a new ticket. */
const statuses: StatusMachine = {
  initial: "open",
  reopened: "open",
  statuses: {
    open: { category: "open", moves: ["in_progress", "closed"] },
    in_progress: { category: "open", moves: ["closed"] },
    closed: { category: "closed", replies: "nobody", moves: [] },
  },
  customerReplied: {},
  agentReplied: { open: "in_progress" },
};

/** What this team chose where a helpdesk has a choice. */
export const policies: CreateHelpdeskOptions = {
  statuses,
  policies: {
    acknowledge: true,
    closingNotice: true,
    retryUnknown: true,
    followUp: { type: "new-ticket" },
    assigneeMustBeAgent: true,
  },
};

export const statusNames = Object.keys(statuses.statuses);
