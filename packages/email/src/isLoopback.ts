import type { ConnectionOptions } from "node:tls";

/** Whether a host is this machine, where nobody listens on the way. */
export const isLoopback = (host: string): boolean =>
  /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/i.test(host.trim());

/** How a certificate is looked at where nobody said so: between programs of one machine seldom anybody vouches for one. */
export const tlsOf = (host: string): ConnectionOptions => (isLoopback(host) ? { rejectUnauthorized: false } : {});
