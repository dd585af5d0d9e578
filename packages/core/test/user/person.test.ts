import { expect, it } from "vitest";
import { foldEmail, higherRole, newUser } from "../../src/user/person.ts";

const at = new Date(0);

it("addresses compare without regard to case and to spaces around", () => {
  expect(foldEmail("  Ada@Example.COM ")).toBe("ada@example.com");
  expect(foldEmail(null)).toBeNull();
});

it("of two roles the higher is taken, in either order", () => {
  const roles = ["customer", "agent", "admin"] as const;
  for (const [low, a] of roles.entries())
    for (const [high, b] of roles.entries()) expect(higherRole(a, b)).toBe(high > low ? b : a);
});

it("a new user is active, and null stands for what is not known", () => {
  expect(newUser(1, { role: "agent", email: "A@B.c" }, at)).toEqual({
    id: 1,
    version: 0,
    role: "agent",
    name: null,
    email: "a@b.c",
    emailVerified: false,
    externalId: null,
    active: true,
    locale: null,
    createdAt: at,
    updatedAt: at,
  });
});
