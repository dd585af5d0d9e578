/** Why a job can't be done however often it is tried: it is dead at once. */
export class GivenUp extends Error {
  override readonly name = "GivenUp";
}
