/** What of a request tells a token, as every request of Node.js has it. */
export interface TokenRequest {
  readonly headers: { readonly authorization?: string | undefined };
  readonly url?: string | undefined;
}

export interface BearerTokenOptions {
  /**
   * A query parameter that is read where there is no header. For the handshakes of WebSockets, where browsers can send
   * none: addresses end up in logs, so for everything else it stays off, as it is by default (RFC 6750, 2.3).
   */
  readonly query?: string;
}

/**
 * The token of a request, from its header `Authorization: Bearer …` (RFC 6750, 2.1); null where there is none.
 *
 * @since 0.1.0
 */
export const bearerToken = ({ headers, url = "" }: TokenRequest, { query }: BearerTokenOptions = {}): string | null => {
  const [, token] = headers.authorization?.match(/^Bearer +(\S+) *$/i) ?? [];
  if (token !== undefined || query === undefined) return token ?? null;
  const [, search = ""] = url.split(/\?(.*)/s);
  return new URLSearchParams(search).get(query) || null;
};
