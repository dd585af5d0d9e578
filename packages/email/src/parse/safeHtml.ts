import type sanitize from "sanitize-html";
import { contentUrl } from "./contentId.ts";
import { sanitized } from "./sanitized.ts";

const color = [/^#[0-9a-f]{3,8}$/i, /^[a-z]{3,30}$/i, /^rgba?\([\d\s.,%]{1,40}\)$/i];
const size = [/^-?[\d.]{1,8}(?:px|pt|em|rem|ex|%|cm|mm|in)?$/i];
const sizes = [
  /^(?:-?[\d.]{1,8}(?:px|pt|em|rem|ex|%|cm|mm|in)?|auto)(?:\s+(?:-?[\d.]{1,8}(?:px|pt|em|rem|%)?|auto)){0,3}$/i,
];
const border = [/^[\w\s.#(),%-]{1,80}$/];
const word = [/^[a-z-]{1,30}$/i];

/** How much a mail may say with styles: nothing that fetches, moves or covers anything. */
const styles = {
  color,
  "background-color": color,
  background: color,
  "text-align": word,
  "text-decoration": word,
  "text-indent": size,
  "vertical-align": word,
  "font-family": [/^[\w\s"',.-]{1,200}$/],
  "font-size": [...size, ...word],
  "font-style": word,
  "font-weight": [/^(?:\d{3}|[a-z]{3,10})$/i],
  "line-height": [...size, ...word],
  "white-space": word,
  direction: word,
  "list-style-type": word,
  "border-collapse": word,
  width: size,
  "max-width": size,
  height: size,
  padding: sizes,
  "padding-left": size,
  "padding-right": size,
  "padding-top": size,
  "padding-bottom": size,
  "margin-left": [/^[\d.]{1,8}(?:px|pt|em|rem|%)?$/i],
  "margin-top": [/^[\d.]{1,8}(?:px|pt|em|rem|%)?$/i],
  "margin-bottom": [/^[\d.]{1,8}(?:px|pt|em|rem|%)?$/i],
  border,
  "border-left": border,
  "border-right": border,
  "border-top": border,
  "border-bottom": border,
};

const tags =
  "a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del details dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q s samp section small span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr".split(
    " ",
  );

/** More than this is no letter that somebody reads in a ticket. */
const longest = 2_000_000;
const picture = /^data:image\/(?:png|gif|jpeg|webp|bmp);base64,[a-z0-9+/=\s]+$/i;

const image = (_tag: string, attributes: sanitize.Attributes): sanitize.Tag => {
  const { src = "", srcset: _, ...rest } = attributes;
  if (/^cid:/i.test(src)) return { tagName: "img", attribs: { ...rest, src: contentUrl(src.slice(4)) } };
  if (picture.test(src)) return { tagName: "img", attribs: { ...rest, src } };
  // Fetching it would tell its owner who reads the mail, when, and where.
  if (/^(?:https?:)?\/\//i.test(src))
    return { tagName: "img", attribs: { ...rest, "data-src": src, "data-remote": "blocked" } };
  return { tagName: "img", attribs: rest };
};

const link = (_tag: string, { href, title }: sanitize.Attributes): sanitize.Tag => ({
  tagName: "a",
  attribs: {
    ...(href === undefined ? {} : { href, target: "_blank", rel: "noopener noreferrer nofollow" }),
    ...(title === undefined ? {} : { title }),
  },
});

/** Html that can be shown among an agent's own pages; null where it is too much of it. */
export const safeHtml = (html: string): string | null =>
  html.length > longest
    ? null
    : (sanitized(html, {
        allowedTags: tags,
        allowedAttributes: {
          a: ["href", "title", "target", "rel"],
          img: ["src", "alt", "title", "width", "height", "data-src", "data-remote", "style"],
          font: ["color", "face", "size"],
          blockquote: ["type", "style"],
          ol: ["start", "type"],
          td: ["colspan", "rowspan", "align", "valign", "width", "height", "bgcolor", "style"],
          th: ["colspan", "rowspan", "align", "valign", "width", "height", "bgcolor", "style"],
          table: ["width", "cellpadding", "cellspacing", "border", "align", "bgcolor", "style"],
          "*": ["dir", "lang", "align", "style"],
        },
        allowedSchemes: ["http", "https", "mailto", "tel"],
        allowedSchemesByTag: { img: ["cid", "data"] },
        allowedSchemesAppliedToAttributes: ["href", "src", "cite"],
        allowProtocolRelative: false,
        allowedStyles: { "*": styles },
        nonTextTags: ["style", "script", "title", "textarea", "option", "noscript", "xml", "select", "svg", "math"],
        nestingLimit: 200,
        transformTags: { img: image, a: link },
      })?.trim() ?? null);

/** Text as html. */
export const escapedHtml = (text: string): string =>
  `<div>${text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replace(/\r?\n/g, "<br>")}</div>`;
