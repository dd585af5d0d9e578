import { channelContract } from "@deskwright/testkit";
import { Post } from "./Post.ts";

let number = 0;

channelContract("a post office in this process", async () => {
  const post = new Post();
  return {
    channel: post.channel,
    customer: { address: "ada@example.com", name: "Ada" },
    write: async ({ subject, text, answers }) =>
      post.drop({
        subject,
        text,
        fingerprint: `mail ${number++}`,
        ...(answers !== undefined && { thread: { signed: null, refs: [answers], claimed: null } }),
      }),
    received: async () => post.sent,
    close: async () => {},
  };
});
