// Which charset undeclared bytes are in, by what the text would look like. Only bytes that are not UTF-8 come here.

/** How many of the two-byte characters have a lead byte among those that people write most, or null for no such text. */
const share = (
  bytes: Uint8Array,
  isLead: (byte: number) => boolean,
  isTrail: (byte: number) => boolean,
  isCommon: (lead: number, trail: number) => boolean,
  isSingle: (byte: number) => boolean = () => false,
): number | null => {
  let [pairs, common, singles] = [0, 0, 0];
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x80) continue;
    const next = bytes[at + 1];
    if (isLead(byte) && next !== undefined && isTrail(next)) {
      pairs++;
      if (isCommon(byte, next)) common++;
      at++;
    } else if (isSingle(byte)) singles++;
    else if (at + 1 < bytes.length) return null;
  }
  return pairs < 3 ? null : common / (pairs + singles);
};

const between = (low: number, high: number) => (byte: number) => byte >= low && byte <= high;
const euc = between(0xa1, 0xfe);

/** Every charset with two-byte characters, and how much the bytes look like one. */
const asian: ReadonlyArray<readonly [string, (bytes: Uint8Array) => number | null]> = [
  // Kana, in the rows 4 and 5.
  ["euc-jp", (bytes) => share(bytes, euc, euc, (lead) => lead === 0xa4 || lead === 0xa5)],
  [
    "shift_jis",
    (bytes) =>
      share(
        bytes,
        (byte) => between(0x81, 0x9f)(byte) || between(0xe0, 0xef)(byte),
        (byte) => between(0x40, 0xfc)(byte) && byte !== 0x7f,
        (lead, trail) => (lead === 0x82 && trail >= 0x9f) || lead === 0x83 || (lead === 0x81 && trail < 0x50),
        between(0xa1, 0xdf),
      ),
  ],
  // Hangul.
  ["cp949", (bytes) => share(bytes, euc, euc, (lead) => between(0xb0, 0xc8)(lead))],
  // The first level of GB 2312, where the characters of every day are, and punctuation.
  ["gb18030", (bytes) => share(bytes, euc, euc, (lead) => between(0xb0, 0xd7)(lead) || lead === 0xa3 || lead === 0xa1)],
  [
    "big5",
    (bytes) =>
      share(
        bytes,
        between(0xa1, 0xf9),
        (byte) => between(0x40, 0x7e)(byte) || euc(byte),
        (lead) => between(0xa4, 0xc6)(lead) || lead === 0xa1,
      ),
  ],
];

/** Letters that make up half of any text in Russian or Ukrainian. */
const everyday = {
  "windows-1251": [0xee, 0xe5, 0xe0, 0xe8, 0xed, 0xf2, 0xf1, 0xf0, 0xe2, 0xeb, 0xb3],
  "koi8-u": [0xcf, 0xc5, 0xc1, 0xc9, 0xce, 0xd4, 0xd3, 0xd2, 0xd7, 0xcc, 0xa6],
  "iso-8859-5": [0xde, 0xd5, 0xd0, 0xd8, 0xdd, 0xe2, 0xe1, 0xe0, 0xd2, 0xdb, 0xf6],
  cp866: [0xae, 0xa5, 0xa0, 0xa8, 0xad, 0xe2, 0xe1, 0xe0, 0xa2, 0xab],
} as const;

const cyrillic = (high: ReadonlyArray<number>): { charset: string; share: number } => {
  let best = { charset: "windows-1251", share: 0 };
  for (const [charset, letters] of Object.entries(everyday)) {
    const known: ReadonlySet<number> = new Set(letters);
    const share = high.filter((byte) => known.has(byte)).length / high.length;
    if (share > best.share) best = { charset, share };
  }
  return best;
};

/** How many bytes beyond ASCII stand next to another one: in words of letters that are not Latin nearly all do. */
const togetherness = (bytes: Uint8Array): number => {
  let [high, together] = [0, 0];
  for (let at = 0; at < bytes.length; at++) {
    if ((bytes[at] ?? 0) < 0x80) continue;
    high++;
    if ((bytes[at - 1] ?? 0) >= 0x80 || (bytes[at + 1] ?? 0) >= 0x80) together++;
  }
  return high === 0 ? 0 : together / high;
};

/** The likeliest charset of bytes that are not UTF-8, by a name that iconv-lite knows. */
export const guessCharset = (bytes: Uint8Array): string => {
  const sample = bytes.subarray(0, 20_000);
  const letters = cyrillic([...sample].filter((byte) => byte >= 0x80));
  const candidates = asian.flatMap(([charset, look]) => {
    const likeness = look(sample);
    return likeness === null ? [] : [{ charset, likeness }];
  });
  const of = (charset: string) => candidates.find((candidate) => candidate.charset === charset)?.likeness ?? 0;
  // The second byte of these may be ASCII, so that their letters do not stand together.
  const isLatin = togetherness(sample) < 0.7;
  if (isLatin) return of("shift_jis") > 0.5 ? "shift_jis" : of("big5") > 0.7 ? "big5" : "windows-1252";
  if (of("euc-jp") > 0.3) return "euc-jp";
  if (of("shift_jis") > 0.3) return "shift_jis";
  if (letters.share > 0.5) return letters.charset;
  if (of("cp949") > 0.85 && of("cp949") >= of("gb18030")) return "cp949";
  // Both orders of the same bytes are possible; what is common in GB 2312 is rare in Big5.
  if (of("gb18030") > 0.8) return "gb18030";
  if (of("big5") > 0.7) return "big5";
  if (of("gb18030") > 0.5) return "gb18030";
  return letters.share > 0.35 ? letters.charset : "windows-1252";
};
