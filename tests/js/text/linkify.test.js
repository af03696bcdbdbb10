import assert from "node:assert/strict";
import { test } from "node:test";
import { linkify } from "../../../web/static/web/text/linkify.js";
import { replace } from "../browser/globals.js";

const LINKS = {
  "": [],
  "no link": [],
  "see https://example.com/a?b=c#d.": ["https://example.com/a?b=c#d"],
  "(http://example.com)": ["http://example.com/"],
  "[https://a.example/[x]] {www.b.example}": ["https://a.example/[x]", "https://www.b.example/"],
  "https://en.wikipedia.org/wiki/Squat_(exercise)!": [
    "https://en.wikipedia.org/wiki/Squat_(exercise)",
  ],
  "www.example.com, ok?": ["https://www.example.com/"],
  "HTTPS://EXAMPLE.COM/Path": ["https://example.com/Path"],
  "https://münchen.example/ü": ["https://xn--mnchen-3ya.example/%C3%BC"],
  "one https://a.example two http://b.example": ["https://a.example/", "http://b.example/"],
  '<https://a.example> "https://b.example"': ["https://a.example/", "https://b.example/"],
  "javascript:alert(1) data:text/html,x ftp://a.example": [],
  "javascript://https://a.example": ["https://a.example/"],
  "https:// https://. www. nowww.example.com": [],
  "https://a.example/\u202emoc.live": ["https://a.example/"],
  "שלום https://a.example/שלום, שלום": ["https://a.example/%D7%A9%D7%9C%D7%95%D7%9D"],
  "https://user:pass@a.example": ["https://user:pass@a.example/"],
  "https://[::1": [],
};

for (const [text, hrefs] of Object.entries(LINKS)) {
  test(`links of ${JSON.stringify(text)}`, () => {
    const parts = linkify(text);

    assert.equal(parts.map((part) => part.text).join(""), text);
    assert.deepEqual(parts.flatMap(({ href }) => href ?? []), hrefs);
  });
}

test("links are found without URL.parse", (t) => {
  replace(t, URL, "parse", undefined);

  for (const [text, hrefs] of Object.entries(LINKS)) {
    assert.deepEqual(linkify(text).flatMap(({ href }) => href ?? []), hrefs, text);
  }
});
