/** The live feed and chat over WebSocket. @module */
export { attachLive, type Live } from "./attachLive.ts";
export type { ClientFrame, Ref, Subscription, Target } from "./ClientFrame.ts";
export type { LiveOptions, PathMatcher } from "./LiveOptions.ts";
export type { LiveContext, LiveProtocol } from "./LiveProtocol.ts";
export type {
  AckFrame,
  ErrorFrame,
  EventFrame,
  FrameError,
  HelloFrame,
  LiveFrame,
  Person,
  PongFrame,
  ResumeFrame,
  ServerFrame,
  SubscribedFrame,
  UnsubscribedFrame,
} from "./ServerFrame.ts";
