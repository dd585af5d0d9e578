import type { Channel, Desk, Source } from "@deskwright/core";

/** The keys of what lies in a channel's mailboxes and was not read from there yet, whichever process reads them. */
export const unreadIn = async (desk: Desk, { name, sources = [] }: Channel): Promise<ReadonlyArray<string>> => {
  const each = sources.map(async (source) => {
    const [reader] = await desk.jobs.list({
      kind: `source:${JSON.stringify(["default", name, source.name])}`,
      limit: 1,
    });
    return keysBeyond(source, reader?.payload ?? null);
  });
  return (await Promise.all(each)).flat();
};

/** Reads on from a cursor, on a connection of its own, until the source says that it has seen everything. */
const keysBeyond = async (source: Source, cursor: NonNullable<unknown> | null): Promise<ReadonlyArray<string>> => {
  const keys: Array<string> = [];
  const seen = new AbortController();
  let trouble: string | null = null;
  const look = source.run(
    {
      cursor: cursor as never,
      accept: async (items) => {
        keys.push(...items.map(({ key }) => key));
      },
      report: (said) => {
        trouble = said;
        seen.abort();
      },
    },
    seen.signal,
  );
  await look.catch((error) => {
    if (!seen.signal.aborted) throw error;
  });
  if (trouble !== null) throw new Error(trouble);
  return keys;
};
