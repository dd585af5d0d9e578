import { expect, test } from "vitest";
import { eventually } from "../../../../packages/email/test/processes.ts";
import type { Desk } from "../desk.ts";

/** Tasks where no mailbox is set. */
export const tasks = (desk: Desk): void => {
  test("without a mailbox a reading task is a SUCCESS that read nothing", async () => {
    const { status, body } = await desk.post("/emails/async");
    expect([status, body]).toStrictEqual([202, { task_id: expect.any(Number) }]);
    const { task_id } = body;
    const done = await eventually("the task ends", async () => {
      const answer = await desk.get(`/emails/async/${task_id}`);
      expect(["PENDING", "STARTED", "SUCCESS"]).toContain(answer.body.status);
      return answer.body.status === "SUCCESS" && answer;
    });
    expect([done.status, done.body]).toStrictEqual([200, { task_id, status: "SUCCESS", result: [] }]);
  });

  test("without a server to send through a sending task stays PENDING and is not lost", async () => {
    const mail = { subject: "News", to: "anna@example.com", message: "There are some" };
    const { status, body } = await desk.post("/emails/send_async/", mail);
    expect([status, body]).toStrictEqual([202, { task_id: expect.any(Number) }]);
    const { task_id } = body;
    const task = await desk.get(`/emails/async/${task_id}`);
    expect([task.status, task.body]).toStrictEqual([200, { task_id, status: "PENDING", result: null }]);
  });
};
