import type { ProblemStatus } from "./contract/Problem.ts";

/**
 * A request that failed on its way to the helpdesk.
 *
 * @since 0.1.0
 */
export class HttpError extends Error {
  override readonly name: string = "HttpError";
  readonly status: ProblemStatus;
  /** What is wrong, for programs. */
  readonly code: string;
  /** The field that it is about; null where it is about none. */
  readonly field: string | null;

  constructor(status: ProblemStatus, code: string, message: string, field: string | null = null) {
    super(message);
    this.status = status;
    this.code = code;
    this.field = field;
  }
}
