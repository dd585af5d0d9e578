import sanitize from "sanitize-html";

/** No letter is nested deeper than this, and the parser looks through all that is open at every tag. */
const deepest = 1000;

class TooDeep extends Error {}

/** Html with nothing but what options allow, well-formed; null where it is nested too deep to be read at all. */
export const sanitized = (html: string, options: sanitize.IOptions): string | null => {
  let depth = 0;
  try {
    return sanitize(html, {
      ...options,
      onOpenTag: () => {
        depth++;
        if (depth > deepest) throw new TooDeep();
      },
      onCloseTag: () => {
        depth--;
      },
    });
  } catch (error) {
    if (error instanceof TooDeep) return null;
    throw error;
  }
};
