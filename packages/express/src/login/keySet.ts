import { StorageError } from "@deskwright/core";
import { createRemoteJWKSet, errors, type JWTVerifyGetKey } from "jose";
import { Throttle } from "./Throttle.ts";

/** Tokens can name keys that never were, so the set is not fetched anew for each. */
const refetches = { limit: 5, windowMs: 60_000 };

/** Keys that a server publishes (RFC 7517, 5), fetched when first used and again for a key it did not name. */
export const keySet = (url: URL): JWTVerifyGetKey => {
  // When to look again for an unknown key is decided here, for jose would not within 30 s of the last fetch.
  const keys = createRemoteJWKSet(url, { cooldownDuration: Number.POSITIVE_INFINITY });
  const throttle = new Throttle({ ...refetches, now: Date.now });

  const fetchKeys = async () => {
    try {
      await keys.reload();
    } catch (cause) {
      throw new StorageError({ reason: `the key set of ${url.host} can't be fetched`, retryable: true, cause });
    }
  };

  return async (header, token) => {
    if (!keys.fresh) await fetchKeys();
    try {
      return await keys(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || throttle.take(url.href) > 0) throw error;
    }
    try {
      await fetchKeys();
    } catch (error) {
      throttle.giveBack(url.href);
      throw error;
    }
    return await keys(header, token);
  };
};
