const day = 86_400_000;

/** Automatic messages that an address got, newest last. */
export interface Told {
  readonly at: number;
  readonly subject: string;
}

/** To one address in 24 hours. */
const mostInADay = 3;
const burst = 600_000;

/** Answers to answers grow a subject's beginning, not the rest of it. */
const bareSubject = (subject: string): string =>
  subject
    .replace(/^(\s*(re|fwd?|aw|wg|sv|vs|отв|ответ|пересл)(\[\d+\])?\s*:)+/i, "")
    .trim()
    .toLowerCase();

/**
 * What an address was told once it is told this, too; null where it may not be. In 24 hours at most once about the same
 * subject and three times in all: since no rule knows every machine, this is what ends a loop with one.
 */
export const toldAfter = (before: ReadonlyArray<Told>, subject: string, now: number): ReadonlyArray<Told> | null => {
  const recent = before.filter(({ at }) => at > now - day);
  const bare = bareSubject(subject);
  if (recent.length >= mostInADay || recent.some((told) => told.subject === bare)) return null;
  return [...recent, { at: now, subject: bare }];
};

/** Answers of programs to one address in 24 hours. */
const mostAnswersInADay = 20;

/** What an address was told once a program answers it, too; null where that was often enough for a day. */
export const answeredAfter = (before: ReadonlyArray<Told>, now: number): ReadonlyArray<Told> | null => {
  const recent = before.filter(({ at }) => at > now - day);
  return recent.length >= mostAnswersInADay ? null : [...recent, { at: now, subject: "" }];
};

/** What a channel wrote by itself in the last ten minutes. */
export type Burst = ReadonlyArray<{ readonly what: string; readonly at: number }>;

/** A channel's burst with this message, which counts once; null where so many were enough that somebody should look. */
export const burstAfter = (before: Burst, what: string, now: number, most: number): Burst | null => {
  const recent = before.filter((one) => one.at > now - burst && one.what !== what);
  return recent.length >= most ? null : [...recent, { what, at: now }];
};
