/** The bytes of items, one after the other. */
export async function* bytesOfAll(items: ReadonlyArray<{ readonly raw: Uint8Array }>) {
  for (const { raw } of items) if (raw.byteLength > 0) yield raw;
}

/** All of some bytes at once. */
export const collect = async (content: AsyncIterable<Uint8Array>): Promise<Uint8Array> => {
  const parts: Array<Uint8Array> = [];
  for await (const part of content) parts.push(part);
  return Buffer.concat(parts);
};
