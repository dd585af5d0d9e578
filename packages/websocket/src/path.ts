import type { PathMatcher } from "./LiveOptions.ts";

/** A path such as `/ws/ticket/:id` as a matcher; a parameter stands for one part, which is decoded. */
export const matcherOf = (path: string | PathMatcher): PathMatcher => {
  if (typeof path === "function") return path;
  const wanted = path.split("/");
  return (pathname) => {
    const given = pathname.split("/");
    if (given.length !== wanted.length) return null;
    const params: Record<string, string> = {};
    for (const [index, part] of wanted.entries()) {
      const text = given[index] as string;
      if (!part.startsWith(":")) {
        if (part !== text) return null;
        continue;
      }
      const value = decoded(text);
      if (value === null || value === "") return null;
      params[part.slice(1)] = value;
    }
    return params;
  };
};

/** The path of a request's target, as it was sent. */
export const pathnameOf = (url: string): string => url.split("?", 1)[0] as string;

const decoded = (text: string): string | null => {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
};
