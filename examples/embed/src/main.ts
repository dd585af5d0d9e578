import { createServer } from "node:http";
import { serve } from "@deskwright/express";
import { createShop } from "./shop.ts";
import { withSupport } from "./support.ts";

const { app, desk } = await withSupport(createShop());
const url = await serve(createServer(app), desk, { port: Number(process.env["PORT"] || 3000) });
console.log(`listening on ${url}`);
