/**
 * Nobody is asking, or not who they say they are: HTTP 401, which Express and `problemOf` read from the error itself.
 * The message is the same whatever is wrong with a token; what it was is the `cause`, which no answer tells.
 *
 * @since 0.1.0
 */
export class Unauthorized extends Error {
  readonly _tag = "Unauthorized";
  override readonly name = "Unauthorized";
  readonly status = 401;
  /** RFC 9110, 11.6.1 wants it in every 401. */
  readonly headers = { "WWW-Authenticate": "Bearer" };

  constructor(message = "The token is not valid here.", options?: ErrorOptions) {
    super(message, options);
  }
}
