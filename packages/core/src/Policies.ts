import * as Schema from "effect/Schema";

/** What the helpdesk does where there is more than one good answer. A queue may have its own. */
export const Policies = Schema.Struct({
  /** A customer's message on a solved or closed ticket: reopens it, or opens a new ticket that names the old one. */
  followUp: Schema.Union([
    Schema.Struct({ type: Schema.Literals(["reopen", "new-ticket"]) }),
    /**
     * Reopens within so many business days (Monday to Friday, UTC) of being closed, or solved where it is not closed;
     * later opens a new ticket.
     */
    Schema.Struct({
      type: Schema.Literal("reopen-within"),
      businessDays: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 3650 })),
    }),
  ]).annotate({
    message: 'Expected { type: "reopen" }, { type: "new-ticket" } or { type: "reopen-within", businessDays }',
  }),
  /** A chat message that names no ticket: joins the open ticket of its conversation, or opens a new one each time. */
  withoutThread: Schema.Literals(["join-open", "always-new"]),
  /** Whether a new ticket that came by a channel is acknowledged there, as far as that is safe. */
  acknowledge: Schema.Boolean,
  /**
   * How many acknowledgements one process sends on one channel in ten minutes; then it falls silent there and says so
   * in its log. It ends a loop that nothing else knew; who gets more mail than that raises it. 0 to 1,000,000.
   */
  mostAutomatic: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1_000_000 })),
  /** Whether its requester is told on that channel when it is solved or closed. */
  closingNotice: Schema.Boolean,
  /**
   * Whether what may have arrived already (`unknown`) is sent again, up to five times, under the same reference: then
   * nothing is missing that a customer was told, and something may come twice.
   */
  retryUnknown: Schema.Boolean,
  /** Whether only agents and admins who are active can be given tickets. */
  assigneeMustBeAgent: Schema.Boolean,
}).annotate({ identifier: "Policies" });
export interface Policies extends Schema.Schema.Type<typeof Policies> {}

/** Those of them that differ. */
export const SomePolicies = Schema.Struct({
  followUp: Schema.optionalKey(Policies.fields.followUp),
  withoutThread: Schema.optionalKey(Policies.fields.withoutThread),
  acknowledge: Schema.optionalKey(Policies.fields.acknowledge),
  mostAutomatic: Schema.optionalKey(Policies.fields.mostAutomatic),
  closingNotice: Schema.optionalKey(Policies.fields.closingNotice),
  retryUnknown: Schema.optionalKey(Policies.fields.retryUnknown),
  assigneeMustBeAgent: Schema.optionalKey(Policies.fields.assigneeMustBeAgent),
});

export const defaultPolicies: Policies = {
  followUp: { type: "reopen-within", businessDays: 7 },
  withoutThread: "join-open",
  acknowledge: true,
  mostAutomatic: 50,
  closingNotice: false,
  retryUnknown: false,
  assigneeMustBeAgent: true,
};
