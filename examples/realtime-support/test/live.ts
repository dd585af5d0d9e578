import { WebSocket } from "ws";

// biome-ignore lint/suspicious/noExplicitAny: a frame is what came over the wire; the tests say what it must be.
type Frame = any;

interface Server {
  readonly base: string;
}

const addressOf = ({ base }: Server, path: string, token: string | null) =>
  `${base.replace(/^http/, "ws")}${path}${token === null ? "" : `?token=${token}`}`;

/** Connects and reads frames one by one; each must come within five seconds. */
export const listen = async (server: Server, path: string, token: string | null) => {
  const socket = new WebSocket(addressOf(server, path, token));
  const frames: Array<Frame> = [];
  let wake = () => {};
  socket.on("message", (data) => {
    frames.push(JSON.parse(String(data)));
    wake();
  });
  await new Promise<void>((resolve, reject) => socket.once("open", resolve).once("error", reject));
  const next = async (): Promise<Frame> => {
    const deadline = Date.now() + 5_000;
    while (frames.length === 0) {
      const left = deadline - Date.now();
      if (left <= 0) throw new Error("No frame came within five seconds");
      const timer = setTimeout(() => wake(), left);
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      clearTimeout(timer);
    }
    return frames.shift();
  };
  const until = async (wanted: (frame: Frame) => boolean): Promise<Frame> => {
    while (true) {
      const frame = await next();
      if (wanted(frame)) return frame;
    }
  };
  return { next, until, send: (text: string) => socket.send(text), close: () => socket.close() };
};

/** The status with which a handshake is refused. */
export const refusalOf = (server: Server, path: string, token: string | null) =>
  new Promise<number | undefined>((resolve, reject) => {
    const socket = new WebSocket(addressOf(server, path, token));
    socket.once("open", () => {
      socket.close();
      reject(new Error("The handshake was not refused"));
    });
    socket.once("unexpected-response", (request, response) => {
      resolve(response.statusCode);
      request.destroy();
    });
    socket.on("error", () => {});
  });
