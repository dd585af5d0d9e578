import { beforeEach, describe, expect, test } from "vitest";
import { type Ask, type Asked, newApi } from "./apiClient.ts";

const ada = { as: "customer:ada" };
const eve = { as: "customer:eve" };
const greg = { as: "agent:greg" };

let ask: Ask;
let ticketId: number;
let messageId: number;
let noteId: number;
let fileId: number;
let noteFileId: number;

beforeEach(async () => {
  const api = await newApi();
  ask = api.ask;
  const upload = async (as: { readonly as: string }) => {
    const body = new FormData();
    body.append("files", new Blob(["secret"]), "a.txt");
    return (await ask("POST", "/files", { ...as, body })).json[0].id as number;
  };
  fileId = await upload(ada);
  ticketId = (await api.ticket("customer:ada", { files: [fileId], tags: undefined })).id;
  messageId = (await ask("GET", `/tickets/${ticketId}/messages`, ada)).json[0].id;
  noteFileId = await upload(greg);
  noteId = (await ask("POST", `/tickets/${ticketId}/notes`, { ...greg, body: { text: "Hm", files: [noteFileId] } }))
    .json.id;
  await ask("PATCH", `/tickets/${ticketId}`, { ...greg, body: { tags: ["difficult"] } });
});

/** Every request that names something of somebody's. */
const requests = (ticket: number, message: number, file: number): ReadonlyArray<readonly [string, string, Asked?]> => [
  ["GET", `/tickets/${ticket}`],
  ["PATCH", `/tickets/${ticket}`, { body: { subject: "Mine" } }],
  ["DELETE", `/tickets/${ticket}`],
  ["POST", `/tickets/${ticket}/read`],
  ["GET", `/tickets/${ticket}/history`],
  ["GET", `/tickets/${ticket}/messages`],
  ["POST", `/tickets/${ticket}/messages`, { body: { text: "Mine" } }],
  ["POST", `/tickets/${ticket}/notes`, { body: { text: "Mine" } }],
  ["GET", `/messages/${message}`],
  ["PATCH", `/messages/${message}`, { body: { text: "Mine" } }],
  ["DELETE", `/messages/${message}`],
  ["GET", `/files/${file}`],
  ["GET", `/files/${file}/content`],
];

const looks = ({
  status,
  json,
}: {
  readonly status: number;
  readonly json: { readonly code: string; readonly detail: string };
}) => [status, json.code, json.detail.replaceAll(/\d+/g, "#")];

describe("somebody else's ticket", () => {
  test("looks on every route like one that never was", async () => {
    const never = requests(9_999, 9_999, 9_999);
    for (const [index, [method, path, asked]] of requests(ticketId, messageId, fileId).entries()) {
      const answer = await ask(method, path, { ...eve, ...asked });
      expect(answer.status, `${method} ${path}`).toBe(404);
      const [sameMethod, otherPath] = never[index] as readonly [string, string];
      expect(looks(answer)).toEqual(looks(await ask(sameMethod, otherPath, { ...eve, ...asked })));
    }
    expect((await ask("GET", `/tickets/${ticketId}`, ada)).json).toMatchObject({
      version: 2,
      subject: "Printer on fire",
    });
  });

  test("is in no list, no page of events and no count", async () => {
    expect((await ask("GET", "/tickets?total=true", eve)).json).toEqual({ items: [], next: null, total: 0 });
    expect((await ask("GET", `/tickets?requester=1`, eve)).json.items).toEqual([]);
    expect((await ask("GET", "/events?after=0&limit=1000", eve)).json.events).toEqual([]);
    expect((await ask("GET", `/events?after=0&ticketId=${ticketId}`, eve)).json.events).toEqual([]);
  });

  test("is found by nobody who tries every number", async () => {
    const numbers = Array.from({ length: 100 }, (_, index) => index + 1);
    for (const kind of ["tickets", "messages", "files"]) {
      const answers = await Promise.all(numbers.map((id) => ask("GET", `/${kind}/${id}`, eve)));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([404]));
    }
  });
});

describe("a customer", () => {
  test("never sees a note, its file or a tag on their own ticket", async () => {
    for (const path of [`/messages/${noteId}`, `/files/${noteFileId}`, `/files/${noteFileId}/content`])
      expect((await ask("GET", path, ada)).status, path).toBe(404);
    const seen = [
      await ask("GET", `/tickets/${ticketId}`, ada),
      await ask("GET", "/tickets", ada),
      await ask("GET", `/tickets/${ticketId}/messages?notes=true`, ada),
      await ask("GET", `/tickets/${ticketId}/history`, ada),
      await ask("GET", "/events?after=0", ada),
    ];
    for (const { status, text } of seen) {
      expect(status).toBe(200);
      expect(text).not.toMatch(/Hm|difficult|NoteAdded|TagsChanged/);
      expect(text).not.toContain(`"fileId":${noteFileId}`);
    }
    expect((await ask("POST", `/tickets/${ticketId}/notes`, { ...ada, body: { text: "x" } })).status).toBe(403);
  });

  test("may do nothing that is the desk's", async () => {
    const { user } = (await ask("GET", "/me", greg)).json;
    const refused: ReadonlyArray<readonly [string, string, Asked?]> = [
      ["GET", "/stats"],
      ["GET", "/jobs"],
      ["GET", "/users"],
      ["GET", "/users/find?externalId=greg"],
      ["POST", "/users", { body: { role: "admin" } }],
      ["POST", "/queues", { body: { name: "Mine" } }],
      ["DELETE", "/priorities/high"],
      ["POST", "/inbox", { body: { channel: "chat", address: "1", text: "x" } }],
      ["PATCH", `/tickets/${ticketId}`, { body: { status: "closed" } }],
      ["DELETE", `/tickets/${ticketId}`],
      ["POST", "/tickets", { body: { subject: "A", text: "B", requester: { externalId: "eve" } } }],
      ["POST", "/tickets", { body: { subject: "A", text: "B", tags: ["vip"] } }],
    ];
    for (const [method, path, asked] of refused)
      expect((await ask(method, path, { ...ada, ...asked })).json, `${method} ${path}`).toMatchObject({ status: 403 });
    expect((await ask("GET", `/users/${user}`, ada)).status).toBe(404);
    expect((await ask("PATCH", `/users/${user}`, { ...ada, body: { name: "x" } })).status).toBe(403);
  });

  test("can hang nobody else's file on a message of theirs", async () => {
    const files = (
      await ask("POST", `/tickets/${ticketId}/messages`, { ...ada, body: { text: "x", files: [noteFileId] } })
    ).json;
    expect(files.errors).toMatchObject([{ path: ["files", 0] }]);
  });
});

describe("another tenant", () => {
  test("has none of it, not even for its admin", async () => {
    const other = { as: "admin:root:acme" };
    for (const [method, path, asked] of requests(ticketId, messageId, fileId))
      expect((await ask(method, path, { ...other, ...asked })).status, `${method} ${path}`).toBe(404);
    expect((await ask("GET", "/events?after=0", other)).text).not.toContain("TicketOpened");
    expect((await ask("GET", "/users", other)).json).toHaveLength(1);
  });
});
