import type { User, UserRole } from "./User.ts";

/** Addresses compare without regard to case. */
export const foldEmail = <T extends string | null>(address: T): T =>
  (address === null ? null : address.trim().toLowerCase()) as T;

interface Given {
  readonly role: UserRole;
  readonly name?: string | null;
  readonly email?: string | null;
  readonly emailVerified?: boolean;
  readonly externalId?: string | null;
  readonly locale?: string | null;
}

/** A user who is not stored yet. */
export const newUser = (id: number, given: Given, at: Date): User => ({
  id,
  version: 0,
  role: given.role,
  name: given.name ?? null,
  email: foldEmail(given.email ?? null),
  emailVerified: given.emailVerified ?? false,
  externalId: given.externalId ?? null,
  active: true,
  locale: given.locale ?? null,
  createdAt: at,
  updatedAt: at,
});

const ranks: ReadonlyArray<UserRole> = ["customer", "agent", "admin"];

export const higherRole = (a: UserRole, b: UserRole): UserRole => (ranks.indexOf(a) > ranks.indexOf(b) ? a : b);
