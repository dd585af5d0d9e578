import { expect, test } from "vitest";
import type { Desk } from "../desk.ts";

/** Who asks without credentials; the first tests of a desk that nobody used before. */
export const firstUser = (desk: Desk): void => {
  test("while there is no user 1, who brings no credentials can't open a ticket", async () => {
    const { status, body } = await desk.post("/tickets", { subject: "Printer", description: "It burns" });
    expect([status, body]).toStrictEqual([400, { detail: "Пользователь c ID 1 не найден" }]);
    expect((await desk.get("/tickets")).body.data).toEqual([]);
    expect((await desk.patch("/tickets/1", { status: "closed" })).body).toEqual({ detail: "Тикет с id 1 не найден" });
  });

  test("who brings no credentials is user 1", async () => {
    const first = await desk.user();
    expect(first.shown.id).toBe(1);
    const { body } = await desk.post("/tickets", { subject: "Printer", description: "It burns" });
    expect(body.data.creator).toStrictEqual(first.shown);
    const said = await desk.post(`/tickets/${body.data.id}/messages`, { text: "It still does" });
    expect(said.body.data.author).toStrictEqual(first.shown);
  });
};
