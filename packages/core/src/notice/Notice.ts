/** What a mail of the helpdesk is about. */
export interface NoticeAbout {
  readonly ticketId: number;
  readonly subject: string;
  /** Who it goes to. */
  readonly name: string | null;
  /** A BCP 47 language tag such as `ru`. */
  readonly locale: string;
  /** What the agent wrote; empty in what the helpdesk writes by itself. */
  readonly text: string;
  readonly html: string | null;
  /** The agent who wrote it. */
  readonly author: string | null;
}

export interface NoticeText {
  readonly subject: string;
  readonly text: string;
  readonly html?: string | null;
}

export type Template = (about: NoticeAbout) => NoticeText;

/** What goes out to customers; each can be replaced. English and Russian by default. */
export interface Templates {
  /** That a new ticket has come in. */
  readonly acknowledgement: Template;
  /** An agent's answer. */
  readonly reply: Template;
  /** That the ticket is solved. */
  readonly closing: Template;
}
