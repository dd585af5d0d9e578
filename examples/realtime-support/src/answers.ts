import type { Desk, Helpdesk, Message, Ticket, TicketFilter } from "@deskwright/core";
import { numberFrom, refusal } from "./input.ts";
import { statusNames } from "./policies.ts";
import { adminTicketBody, type HostId, messageBody, noteBody, ticketBody } from "./wire.ts";

/** What both sides are answered; `desk` knows whose number is whose, `side` what the caller may see. */
export const answersOf = (desk: Helpdesk, toAdmins: boolean) => {
  const body = toAdmins ? adminTicketBody : ticketBody;

  const ticket = async (one: Ticket) => body(one, await hostIds(desk, peopleOf(one)));

  const message = async (one: Message) => messageBody(one, await hostIds(desk, [one.author]));

  const notes = async (some: ReadonlyArray<Message>) => {
    const hostId = await hostIds(
      desk,
      some.map(({ author }) => author),
    );
    return some.map((note) => noteBody(note, hostId));
  };

  const ticketWithMessages = async (side: Desk, id: number) => {
    const [one, said] = await Promise.all([side.tickets.get(id), messagesOf(side, id, false)]);
    const hostId = await hostIds(desk, [...peopleOf(one), ...said.map(({ author }) => author)]);
    return { ...body(one, hostId), messages: said.map((each) => messageBody(each, hostId)) };
  };

  const page = async (side: Desk, query: Readonly<Record<string, unknown>>, filter: TicketFilter = {}) => {
    const { skip = "0", limit = "100", status } = query;
    if (status !== undefined && !statusNames.includes(status as string))
      throw refusal(["status"], `Expected one of ${statusNames.join(", ")}`);
    const [offset, size] = [numberFrom(skip) as number, numberFrom(limit) as number];
    const { items, total } = await side.tickets.list({
      ...filter,
      ...(status === undefined ? {} : { status: status as string }),
      offset,
      limit: size,
      total: true,
    });
    const hostId = await hostIds(desk, items.flatMap(peopleOf));
    return { tickets: items.map((one) => body(one, hostId)), total, skip: offset, limit: size };
  };

  return { ticket, message, notes, ticketWithMessages, page };
};

const pageSize = 200;

/** Everything said on a ticket, oldest first. */
export const messagesOf = async (side: Desk, ticketId: number, notes: boolean) => {
  const messages: Array<Message> = [];
  for (let page: ReadonlyArray<Message>, after = 0; ; after = page.at(-1)?.id ?? 0) {
    page = await side.messages.list(ticketId, { after, limit: pageSize, notes });
    messages.push(...page);
    if (page.length < pageSize) return messages;
  }
};

const peopleOf = ({ requester, assignee }: Ticket) => [requester, assignee];

/** The host's numbers of some users of ours, looked up in one go. */
const hostIds = async (desk: Helpdesk, people: ReadonlyArray<number | null>): Promise<HostId> => {
  const ids = [...new Set(people)].filter((id) => id !== null);
  const pages = Array.from({ length: Math.ceil(ids.length / 1000) }, (_, page) =>
    desk.users.list({ ids: ids.slice(page * 1000, (page + 1) * 1000) }),
  );
  const users = (await Promise.all(pages)).flat();
  const numbers = new Map(users.map(({ id, externalId }) => [id, Number(externalId)]));
  return (id) => numbers.get(id) as number;
};
