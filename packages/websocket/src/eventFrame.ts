import { type Desk, type Event, NotAllowed, NotFound } from "@deskwright/core";
import type { EventFrame } from "./ServerFrame.ts";

/**
 * What a socket is sent of an event, read as its actor: what they may not see, or what is gone, is left out. An outage
 * rejects.
 */
export const eventFrame = async (desk: Desk, event: Event): Promise<EventFrame> => {
  if (!("ticketId" in event)) return { type: "event", event };
  const isAboutMessage = "messageId" in event;
  const [message, ticket] = await Promise.all([
    isAboutMessage && event.messageId !== null ? visible(desk.messages.get(event.messageId)) : undefined,
    isAboutMessage && event.type !== "TicketOpened" ? undefined : visible(desk.tickets.get(event.ticketId)),
  ]);
  return { type: "event", event, ...(message && { message }), ...(ticket && { ticket }) };
};

const visible = async <A>(reading: Promise<A>): Promise<A | undefined> => {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof NotFound || error instanceof NotAllowed) return undefined;
    throw error;
  }
};
