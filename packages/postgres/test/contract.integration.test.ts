import { storageContract } from "@deskwright/testkit";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { inject } from "vitest";
import { postgres } from "../src/index.ts";
import { type Link, openLink } from "./Link.ts";

const url = inject("databaseUrl");
const schema = "contract";

let link: Link;
const adapter = Layer.unwrap(
  Effect.promise(async () => {
    link = await openLink(url);
    return postgres({ url: link.url, schema });
  }),
);

storageContract("PostgreSQL", postgres({ url, schema }), { outage: { adapter, cut: () => link.cut() } });
