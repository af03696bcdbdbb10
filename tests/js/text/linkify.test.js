import assert from "node:assert/strict";
import { test } from "node:test";
import { linkify } from "../../../web/static/web/text/linkify.js";

/** `[text, shown, href, …]`: the links of a text, in order, each as it is shown and as it leads. */
const TABLE = {
  "addresses with a scheme": [
    ["see https://example.com/a?b=c#d.", "https://example.com/a?b=c#d", "https://example.com/a?b=c#d"],
    ["(http://example.com)", "http://example.com", "http://example.com/"],
    ["HTTPS://EXAMPLE.COM/Path", "HTTPS://EXAMPLE.COM/Path", "https://example.com/Path"],
    ["http://localhost:8000/x", "http://localhost:8000/x", "http://localhost:8000/x"],
    ["https://münchen.example/ü", "https://münchen.example/ü", "https://xn--mnchen-3ya.example/%C3%BC"],
    ["https://medium.com/@coach", "https://medium.com/@coach", "https://medium.com/@coach"],
    ["www.example.com, ok?", "www.example.com", "https://www.example.com/"],
    ["javascript://https://a.example", "https://a.example", "https://a.example/"],
    ["https://a.example https://b.example", "https://a.example", "https://a.example/",
      "https://b.example", "https://b.example/"],
  ],
  "brackets and marks of a sentence": [
    ["[https://a.example/[x]] {www.b.example}", "https://a.example/[x]", "https://a.example/[x]",
      "www.b.example", "https://www.b.example/"],
    ["https://en.wikipedia.org/wiki/Squat_(exercise)!", "https://en.wikipedia.org/wiki/Squat_(exercise)",
      "https://en.wikipedia.org/wiki/Squat_(exercise)"],
    ["https://a.example/x?!…", "https://a.example/x", "https://a.example/x"],
    ["https://a.example/x؟", "https://a.example/x", "https://a.example/x"],
  ],
  "trailing _ ~ and * of an address": [
    ["https://a.example/_x_", "https://a.example/_x_", "https://a.example/_x_"],
    ["https://a.example/~", "https://a.example/~", "https://a.example/~"],
    ["https://a.example/*.", "https://a.example/*", "https://a.example/*"],
    ["*https://a.example/x*", "https://a.example/x", "https://a.example/x"],
    ["__https://a.example/x__", "https://a.example/x", "https://a.example/x"],
    ["~https://a.example/x~!", "https://a.example/x", "https://a.example/x"],
  ],
  "Chinese, Japanese and Korean": [
    ["看https://a.example/b。谢谢", "https://a.example/b", "https://a.example/b"],
    ["（https://a.example/b）", "https://a.example/b", "https://a.example/b"],
    ["「https://a.example/b」、次", "https://a.example/b", "https://a.example/b"],
    ["https://a.example/b！https://c.example/d？", "https://a.example/b", "https://a.example/b",
      "https://c.example/d", "https://c.example/d"],
    ["https://a.example，ok", "https://a.example", "https://a.example/"],
    ["网址www.example.com谢谢", "www.example.com", "https://www.example.com/"],
    ["请看example.com谢谢", "example.com", "https://example.com/"],
    ["https://example.com谢谢", "https://example.com", "https://example.com/"],
    ["https://zh.wikipedia.org/wiki/深蹲", "https://zh.wikipedia.org/wiki/深蹲",
      "https://zh.wikipedia.org/wiki/%E6%B7%B1%E8%B9%B2"],
    ["https://例え.jp/人々", "https://例え.jp/人々", "https://xn--r8jz45g.jp/%E4%BA%BA%E3%80%85"],
    ["https://a.example/검색입니다.", "https://a.example/검색입니다",
      "https://a.example/%EA%B2%80%EC%83%89%EC%9E%85%EB%8B%88%EB%8B%A4"],
    ["שלום https://a.example/שלום, שלום", "https://a.example/שלום",
      "https://a.example/%D7%A9%D7%9C%D7%95%D7%9D"],
    ["电话+8613812345678。", "+8613812345678", "tel:+8613812345678"],
    ["邮箱bob@gym.example，谢谢", "bob@gym.example", "mailto:bob@gym.example"],
  ],
  "what cannot be seen, quotes and emoji": [
    ["https://a.example/x\u200b", "https://a.example/x", "https://a.example/x"],
    ["https://a.example/x\u200by", "https://a.example/x", "https://a.example/x"],
    ["https://a.example/x\ufeff\u2060", "https://a.example/x", "https://a.example/x"],
    ["https://a.example/\u202emoc.live", "https://a.example/", "https://a.example/"],
    ['"https://a.example" <https://b.example>', "https://a.example", "https://a.example/",
      "https://b.example", "https://b.example/"],
    ["“https://a.example/x” „https://b.example“", "https://a.example/x", "https://a.example/x",
      "https://b.example", "https://b.example/"],
    ["«https://a.example/x» 'https://b.example'", "https://a.example/x", "https://a.example/x",
      "https://b.example", "https://b.example/"],
    ["‘https://a.example/x’ `https://b.example`", "https://a.example/x", "https://a.example/x",
      "https://b.example", "https://b.example/"],
    ["https://a.example🎉", "https://a.example", "https://a.example/"],
  ],
  "bare domains": [
    ["example.com", "example.com", "https://example.com/"],
    ["Go to Example.com/plan?week=1.", "Example.com/plan?week=1", "https://example.com/plan?week=1"],
    ["EXAMPLE.COM", "EXAMPLE.COM", "https://example.com/"],
    ["beispiel.de:8080/a", "beispiel.de:8080/a", "https://beispiel.de:8080/a"],
    ["(bbc.co.uk)", "bbc.co.uk", "https://bbc.co.uk/"],
    ["nowww.example.com, ok", "nowww.example.com", "https://nowww.example.com/"],
    ["wa.me/123 youtu.be/abc amazon.it/x", "wa.me/123", "https://wa.me/123",
      "youtu.be/abc", "https://youtu.be/abc", "amazon.it/x", "https://amazon.it/x"],
    ["www.amazon.it", "www.amazon.it", "https://www.amazon.it/"],
    ["example.com?", "example.com", "https://example.com/"],
  ],
  "mail addresses": [
    ["Mail bob@gym.example.", "bob@gym.example", "mailto:bob@gym.example"],
    ["<First.Last+tag@Sub.Example.co.uk>", "First.Last+tag@Sub.Example.co.uk",
      "mailto:First.Last%2Btag@Sub.Example.co.uk"],
    ["mailto:bob@gym.example", "bob@gym.example", "mailto:bob@gym.example"],
    ["see...bob@gym.example", "bob@gym.example", "mailto:bob@gym.example"],
    ["a@b.com,c@d.com", "a@b.com", "mailto:a@b.com", "c@d.com", "mailto:c@d.com"],
  ],
  "telephone numbers": [
    ["Call +49 170 1234567!", "+49 170 1234567", "tel:+491701234567"],
    ["+49 (0)170 1234567", "+49 (0)170 1234567", "tel:+491701234567"],
    ["+1 (415) 555-2671", "+1 (415) 555-2671", "tel:+14155552671"],
    ["+44 20 7946 0958, thanks", "+44 20 7946 0958", "tel:+442079460958"],
    ["+33 6 12 34 56 78", "+33 6 12 34 56 78", "tel:+33612345678"],
    ["+14155552671", "+14155552671", "tel:+14155552671"],
    ["0049 170 1234567", "0049 170 1234567", "tel:00491701234567"],
    ["Tel:0170 1234567", "0170 1234567", "tel:01701234567"],
    ["0170/1234567 or 01701234567", "0170/1234567", "tel:01701234567", "01701234567", "tel:01701234567"],
    ["(030) 1234567", "(030) 1234567", "tel:0301234567"],
    ["020 7946 0958", "020 7946 0958", "tel:02079460958"],
    ["06 12 34 56 78", "06 12 34 56 78", "tel:0612345678"],
    ["(415) 555-2671 or 415.555.2671", "(415) 555-2671", "tel:4155552671", "415.555.2671", "tel:4155552671"],
    ["+49 170 1234567 10:30", "+49 170 1234567", "tel:+491701234567"],
    ["+49 170 1234567 1200", "+49 170 1234567", "tel:+491701234567"],
  ],
};

for (const [topic, rows] of Object.entries(TABLE)) {
  for (const [text, ...links] of rows) {
    test(`${topic}: ${JSON.stringify(text)}`, () => {
      const parts = linkify(text);

      assert.equal(parts.map((part) => part.text).join(""), text);
      assert.deepEqual(parts.filter(({ href }) => href).flatMap((each) => [each.text, each.href]), links);
    });
  }
}

const NO_LINKS = {
  "other schemes": [
    "javascript:alert(1) data:text/html,x ftp://a.example file:///etc/passwd",
    "https:// https://. www. http://?x https://[::1 https://a.example:99999",
    "xhttps://a.example",
  ],
  "addresses that lead elsewhere than they seem to": [
    "http://1.1",
    "http://1.1/x http://127.1 http://2130706433 http://0x7f.0.0.1 http://010.0.0.1 http://1",
    "https://google.com@evil.example/",
    "https://google.com:pass@evil.example",
    "google.com@evil.example",
    "https://user:pass@a.example",
    "https://%67oogle.com",
    "https://аpple.com https://gοοgle.com", // with Cyrillic and Greek letters
  ],
  "words, files, abbreviations and versions": [
    "",
    "no link",
    "e.g.this i.e. a.m. U.S. z.B. Ph.D. etc.",
    "Great.It works.So do.it now.Then look.at me",
    "file.txt README.md main.py script.sh index.js style.css photo.jpg plan.pdf v1.2.io9",
    "node.js v1.2 3.com.x example.com_ -example.com x/example.com",
    "münchen.de caféexample.com example.comé",
    "@bob bob@localhost a@b.c @example.com user@example",
  ],
  "numbers that nobody calls": [
    "1.5 10:30 3x12 100-120-130 2026-11-28 28.11.2026 01/02/2026 01.02.2026 12:00",
    "01.02.2026 1200 0930-1130 0-0-0 12345678901234567890 4111 1111 1111 1111",
    "IBAN DE89 3704 0044 0532 0130 00",
    "+5 10 15 20 25 +1 rep 5,000,000,000 192.168.100.200 1234567890",
    "order 0123456789a #0123456789 0123456789€ 00 000 000",
  ],
};

for (const [topic, texts] of Object.entries(NO_LINKS)) {
  for (const text of texts) {
    test(`no link: ${topic}: ${JSON.stringify(text)}`, () => {
      assert.deepEqual(linkify(text), text ? [{ text }] : []);
    });
  }
}

test("a complete IPv4 address is a link", () => {
  assert.deepEqual(linkify("http://192.168.1.1:80/x"), [
    { text: "http://192.168.1.1:80/x", href: "http://192.168.1.1/x" },
  ]);
});

test("long runs of one kind are found in linear time", () => {
  for (const run of ["a", "a.", "a-", "1", "1 ", "+1", "a@", "(", "www.", "https://"]) {
    const text = run.repeat(2000);
    assert.equal(linkify(text).map((part) => part.text).join(""), text);
  }
});
