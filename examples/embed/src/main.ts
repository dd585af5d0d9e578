import { createServer } from "node:http";
import { serve } from "@deskwright/express";
import { createShop } from "./shop.ts";
import { addSupport } from "./support.ts";

const shop = createShop();
const desk = await addSupport(shop);
const url = await serve(createServer(shop), desk, { port: Number(process.env["PORT"] || 3000) });
console.log(`listening on ${url}`);
