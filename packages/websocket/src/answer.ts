import type { Desk } from "@deskwright/core";
import type { ClientFrame } from "./ClientFrame.ts";
import type { AckFrame, PongFrame, UnsubscribedFrame } from "./ServerFrame.ts";
import type { Subscriptions } from "./Subscriptions.ts";

/** Does what a frame asks for; null where what it did has been told already. */
export const answer = async (
  desk: Desk,
  subscriptions: Subscriptions,
  frame: ClientFrame,
): Promise<AckFrame | PongFrame | UnsubscribedFrame | null> => {
  switch (frame.type) {
    case "subscribe":
      await subscriptions.subscribe(frame);
      return null;
    case "unsubscribe": {
      const target = "inbox" in frame ? { inbox: true as const } : { ticketId: frame.ticketId };
      subscriptions.unsubscribe(target);
      return { type: "unsubscribed", ...target };
    }
    case "typing":
      await desk.live.tell(frame.ticketId, frame.typing === false ? "stopped-typing" : "typing");
      return { type: "ack" };
    case "read":
      await desk.tickets.markRead(frame.ticketId);
      return { type: "ack" };
    case "message": {
      const { type: _type, ref: _ref, ticketId, ...said } = frame;
      return { type: "ack", message: await desk.messages.reply(ticketId, said) };
    }
    case "ping":
      return { type: "pong" };
  }
};
