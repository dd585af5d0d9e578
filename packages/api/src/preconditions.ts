import { Conflict, InvalidInput } from "@deskwright/core";
import { HttpError } from "./HttpError.ts";

/** Writes under the request's `Idempotency-Key`, if it has one; what is wrong with the key names the header. */
export const underKey = async <A>(
  headers: { readonly "idempotency-key"?: string },
  write: (options: { readonly once?: string }) => Promise<A>,
): Promise<A> => {
  const once = headers["idempotency-key"];
  if (once === undefined) return write({});
  try {
    return await write({ once });
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    const issues = error.issues.map(({ path, message }) => ({
      path: path[0] === "once" ? ["idempotency-key"] : path,
      message,
    }));
    throw new InvalidInput({ issues });
  }
};

/** Writes on the version that the request's `If-Match` names; where there is another one by now that is 412. */
export const onVersion = async <A>(
  headers: { readonly "if-match"?: string },
  write: (options: { readonly ifVersion?: number }) => Promise<A>,
): Promise<A> => {
  const tag = headers["if-match"];
  if (tag === undefined || tag === "*") return write({});
  // Strong comparison (RFC 9110, 13.1.1): a weak tag matches nothing, and neither does one that was never given out.
  const ifVersion = Number(/^"(\d{1,15})"$/.exec(tag)?.[1] ?? -1);
  try {
    return await write({ ifVersion });
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    throw new HttpError(412, "VersionMismatch", `The ${error.kind} ${error.id} no longer has the version ${tag}.`);
  }
};
