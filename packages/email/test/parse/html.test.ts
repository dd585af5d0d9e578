import { describe, expect, test } from "vitest";
import { contentUrl, contentUrlsIn } from "../../src/parse/contentId.ts";
import { htmlToText } from "../../src/parse/htmlText.ts";
import { safeHtml } from "../../src/parse/safeHtml.ts";

describe("the text of html", () => {
  test.each([
    ["Hello", "Hello"],
    ["<p>One</p><p>Two</p>", "One\n\nTwo"],
    ["<div>One</div><div>Two</div>", "One\nTwo"],
    ["<div>One<br></div><div><br></div><div>Two</div>", "One\n\nTwo"],
    ["One<br>Two<br/>Three", "One\nTwo\nThree"],
    ["  much \n\n   <b> white </b>  space ", "much white space"],
    ["a<span>b</span> <i>c</i>", "ab c"],
    ["&lt;b&gt; &amp;amp; &quot;x&quot; &euro; &#1078;&nbsp;y", '<b> &amp; "x" € ж y'],
    ["<ul><li>one</li><li>two</li></ul>", "- one\n- two"],
    ["<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"],
    ["<pre>one\n  two</pre>", "one\n  two"],
    ['<a href="https://example.com/x">here</a>', "here <https://example.com/x>"],
    ['<a href="https://example.com/">example.com</a>', "example.com"],
    ['<a href="mailto:ann@example.com">Ann</a>', "Ann"],
    ['<img src="x.png" alt="A smile">', "A smile"],
    ["<style>p{}</style><script>alert(1)</script><title>t</title><p>Hi</p>", "Hi"],
    ["<!-- no --><p>Hi<!--[if mso]>no<![endif]--></p>", "Hi"],
    ["<p class=MsoNormal>One</p><p class=MsoNormal>&nbsp;</p><p class=MsoNormal>Two</p>", "One\n\nTwo"],
    ["One<hr>Two", "One\n________________________________\nTwo"],
    ["<p>Unclosed <b>everything <i>here", "Unclosed everything here"],
    ["", ""],
  ])("%j is %j", (html, text) => {
    expect(htmlToText(html)).toBe(text);
  });

  test("marks what is quoted, as in a mail of text", () => {
    expect(
      htmlToText('<p>Mine</p><blockquote type="cite">Yours<blockquote type="cite">Older</blockquote></blockquote>'),
    ).toBe("Mine\n\n> Yours\n>\n>> Older\n>>");
    expect(htmlToText("Ann wrote:<blockquote>Yours</blockquote>Mine")).toMatch(/^> Yours$/m);
  });

  test("leaves a paragraph that is only indented unmarked", () => {
    expect(htmlToText("<p>Look at this.</p><blockquote>Indented</blockquote>")).toBe("Look at this.\n\nIndented");
  });

  test("is made of whatever there is", () => {
    const words = Array.from({ length: 20_000 }, (_, at) => `<div><b>w${at}</b>`).join(" ");
    expect(htmlToText(words)).toContain("w19999");
    expect(htmlToText(Array.from({ length: 50_000 }, (_, at) => `<b>w${at}</b>`).join(" "))).toContain("w49999");
    expect(htmlToText("<".repeat(50_000))).not.toBe("");
  });
});

describe("html that is shown", () => {
  test.each([
    ["<script>alert(1)</script>Hi", "Hi"],
    ['<p onclick="x()">Hi</p>', "<p>Hi</p>"],
    ["<style>p{}</style>Hi", "Hi"],
    ["<form><input><button>Send</button></form>", "Send"],
    ['<iframe src="https://example.com"></iframe>Hi', "Hi"],
    ['<a href="javascript:x()">Hi</a>', '<a target="_blank" rel="noopener noreferrer nofollow">Hi</a>'],
    ["<svg><script>x</script></svg>Hi", "Hi"],
    ['<object data="x"></object><embed src="x">Hi', "Hi"],
    ['<base href="https://example.com"><meta http-equiv="refresh" content="0">Hi', "Hi"],
    ['<img src="data:image/svg+xml;base64,PHN2Zz4=">', "<img />"],
    ['<img src="javascript:x()">', "<img />"],
    ['<img src="x" onerror="x()">', "<img />"],
  ])("has nothing of %s that acts", (html, safe) => {
    expect(safeHtml(html)).toBe(safe);
  });

  test("fetches no picture from anywhere, and says where it would be", () => {
    const safe =
      safeHtml('<img src="https://example.com/spy.gif" srcset="https://example.com/2.gif 2x" width="1">') ?? "";
    expect(safe).toBe('<img width="1" data-src="https://example.com/spy.gif" data-remote="blocked" />');
    expect(
      safeHtml(
        '<table background="https://example.com/a.gif"><tr><td style="background:url(https://example.com/b.gif)">Hi</td></tr></table>',
      ),
    ).not.toContain("example.com");
  });

  test("keeps the pictures that came with the mail", () => {
    expect(safeHtml('<img src="cid:logo@a" alt="l">')).toBe('<img alt="l" src="cid:logo@a" />');
    expect(safeHtml('<img src="data:image/png;base64,iVBORw0KGgo=">')).toBe(
      '<img src="data:image/png;base64,iVBORw0KGgo=" />',
    );
  });

  test("keeps how a text looks, and nothing that covers or moves", () => {
    expect(safeHtml('<p style="color:red;font-size:12pt">Hi</p>')).toBe('<p style="color:red;font-size:12pt">Hi</p>');
    expect(safeHtml('<p style="position:fixed;top:0;z-index:9;color:#333">Hi</p>')).toBe(
      '<p style="color:#333">Hi</p>',
    );
    expect(safeHtml('<p style="width:expression(alert(1));behavior:url(x)">Hi</p>')).toBe("<p>Hi</p>");
  });

  test("opens links elsewhere", () => {
    expect(safeHtml('<a href="https://example.com" onclick="x">Hi</a>')).toBe(
      '<a href="https://example.com" target="_blank" rel="noopener noreferrer nofollow">Hi</a>',
    );
  });

  test("is none where it is longer than any letter", () => {
    expect(safeHtml("a".repeat(2_000_001))).toBeNull();
  });

  test("is none where it is nested deeper than any letter, and is read as text all the same", () => {
    const deep = `${"<div>".repeat(1001)}Hi &lt;you&gt;${"</div>".repeat(1001)}`;
    expect(safeHtml(deep)).toBeNull();
    expect(htmlToText(deep)).toBe("Hi <you>");
    expect(safeHtml(`${"<p>Hi</p>".repeat(2000)}<br><img>`)).not.toBeNull();
    expect(safeHtml("<p>Hi<li>You<tr><td>One".repeat(200))).not.toBeNull();
  });

  test.each([
    ["logo", "logo", "cid:logo"],
    ["logo@a", " logo@a ", "cid:logo@a"],
    ["foo@bar", "foo%40bar", "cid:foo@bar"],
    ["foo%40bar", "foo@bar", "cid:foo@bar"],
    ["b c", "b%20c", "cid:b%20c"],
    ["d%zz", "d%zz", "cid:d%25zz"],
    ["a&b", "a&amp;b", "cid:a%26b"],
    [`a"'<b>`, "a&quot;'&lt;b&gt;", "cid:a%22%27%3Cb%3E"],
    ["ü", "%C3%BC", "cid:ü"],
  ])("names the file %j, which it names %j, as %s", (id, written, url) => {
    expect(contentUrl(id)).toBe(url);
    const safe = safeHtml(`<img alt="x" src="cid:${written}"><IMG SRC="CID:${written}">`) ?? "";
    expect(safe).toBe(`<img alt="x" src="${url}" /><img src="${url}" />`);
    expect([...contentUrlsIn(safe)]).toEqual([url]);
  });
});
