/** Where a customer writes from on a channel, and which ticket their next message there belongs to. */
export interface Conversation {
  readonly channel: string;
  /** The customer's address on that channel, such as a chat id. */
  readonly address: string;
  readonly version: number;
  readonly user: number;
  readonly ticketId: number | null;
}
