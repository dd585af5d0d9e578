/** How a commit is refused: it names the part of the commit and the key that somebody else was faster with. */
export default (s: string): ReadonlyArray<string> => [
  `create function ${s}.refuse(part text, key text) returns void language plpgsql as $$
   begin
     raise exception 'conflict' using errcode = 'DW001', detail = jsonb_build_object('part', part, 'key', key)::text;
   end $$`,
];
