import { describe } from "vitest";
import type { Desk } from "../desk.ts";
import { closing } from "./closing.ts";
import type { Post } from "./post.ts";
import { story } from "./story.ts";
import { trouble } from "./trouble.ts";

/** Every line of the system's document that is about mail; troubles are everybody's, so each of them comes alone. */
export const everything = (desk: Desk, post: Post): void => {
  describe.concurrent("the story", () => {
    story(desk, post);
    closing(desk, post);
  });
  describe("in trouble", { concurrent: false }, () => trouble(desk, post));
};
