import { expect, test } from "vitest";
import { type Desk, id } from "../desk.ts";

/** Who asks and who answers. */
export const users = (desk: Desk): void => {
  test("POST /users/ adds a user or an operator and answers exactly the documented fields", async () => {
    for (const role of ["user", "operator"]) {
      const user = { name: `Anna the ${role}`, email: `anna.${role}@example.com`, role };
      const { status, body } = await desk.post("/users/", user);
      expect([status, body]).toStrictEqual([201, { id, ...user }]);
    }
  });

  test("an address is unique without regard to case, and a second one is 400 that names it", async () => {
    const user = { name: "Boris", email: "boris@example.com", role: "user" };
    expect((await desk.post("/users/", user)).status).toBe(201);
    for (const email of ["boris@example.com", "BORIS@Example.COM"]) {
      const { status, body } = await desk.post("/users/", { ...user, email, role: "operator" });
      expect(status).toBe(400);
      expect(body.errors).toMatchObject([{ path: ["email"] }]);
    }
  });

  test("a user who is not complete is refused by the field's name", async () => {
    const user = { name: "Clara", email: "clara@example.com", role: "user" };
    const wrong = [
      ["name", { ...user, name: undefined }],
      ["name", { ...user, name: "  " }],
      ["name", { ...user, name: 7 }],
      ["email", { ...user, email: undefined }],
      ["email", { ...user, email: "nobody" }],
      ["email", { ...user, email: null }],
      ["role", { ...user, role: undefined }],
      ["role", { ...user, role: "admin" }],
      ["role", { ...user, role: "toString" }],
    ] as const;
    for (const [field, body] of wrong) {
      const answer = await desk.post("/users/", body);
      expect([field, answer.status]).toEqual([field, 400]);
      expect(answer.body.errors).toMatchObject([{ path: [field] }]);
    }
    expect((await desk.post("/users/", user)).status).toBe(201);
  });
};
