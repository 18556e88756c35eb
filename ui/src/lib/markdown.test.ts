import { describe, expect, test } from "vitest";
import { draw, htmlOf, linkOf, MarkdownReader } from "./markdown";

const render = (text: string) => new MarkdownReader().read(text, true).map(htmlOf).join("");

const SAMPLE = `# Title

Some **bold** and \`code\` with [a link](https://example.org).

- one
- two
  - nested

1. first

   continued

\`\`\`ts
const x = 1;

const y = 2;
\`\`\`

| a | b |
| - | - |
| 1 | 2 |

> quoted

Last words.`;

describe("streaming", () => {
  test.each([1, 3, 7, 40])("in steps of %d gives what the whole text gives", (step) => {
    const reader = new MarkdownReader();
    for (let end = step; end < SAMPLE.length; end += step) reader.read(SAMPLE.slice(0, end), false);
    const streamed = reader.read(SAMPLE, true);
    const whole = new MarkdownReader().read(SAMPLE, true);
    expect(streamed.map((block) => [block.kind, block.raw.trim(), block.language])).toEqual(
      whole.map((block) => [block.kind, block.raw.trim(), block.language]),
    );
  });

  test("keeps finished blocks as the same objects", () => {
    const reader = new MarkdownReader();
    const first = reader.read("One.\n\nTwo.\n\nThr", false);
    const second = reader.read("One.\n\nTwo.\n\nThree and more", false);
    expect(second[0]).toBe(first[0]);
    expect(second[1]).toBe(first[1]);
    expect(second[2]).not.toBe(first[2]);
  });

  test("shows an open code fence as code that grows", () => {
    const reader = new MarkdownReader();
    expect(reader.read("Look:\n\n```rust\nfn main", false).at(-1)).toMatchObject({
      kind: "code",
      language: "rust",
      code: "fn main",
      isOpen: true,
    });
    expect(reader.read("Look:\n\n```rust\nfn main() {}\n```\n", false).at(-1)).toMatchObject({ isOpen: false });
  });

  test("shows a half-written emphasis as one", () => {
    const [block] = new MarkdownReader().read("This is **impor", false);
    expect(block && htmlOf(block)).toContain("<strong>impor</strong>");
  });

  test("starts again when the text is another one", () => {
    const reader = new MarkdownReader();
    reader.read("One.\n\nTwo.\n\nThree.", false);
    expect(reader.read("Else.", true).map((block) => block.raw)).toEqual(["Else."]);
  });
});

describe("safety", () => {
  test.each([
    ["a script", "<script>alert(1)</script>", "<script"],
    ["a handler", '<b onclick="alert(1)">x</b>', "<b onclick"],
    ["a script link", "[x](javascript:alert(1))", "javascript:"],
    ["a picture of a foreign server", "![x](https://evil.example/x.png)", "<img"],
    ["raw picture", '<img src=x onerror="alert(1)">', "<img"],
    ["a frame", "<iframe src='https://a'></iframe>", "<iframe"],
    ["style", "<style>*{}</style>", "<style"],
  ])("%s does nothing", (_name, text, forbidden) => expect(render(text)).not.toContain(forbidden));

  test("what looks like a tag in a sentence is shown", () => {
    const element = document.createElement("div");
    draw(element, render("Use Vec<T> and <your-file> here."));
    expect(element.textContent?.trim()).toBe("Use Vec<T> and <your-file> here.");
  });

  test("only links to the outside are followed", () => {
    const element = document.createElement("div");
    draw(element, render("[a](https://example.org/x) [b](./file.ts) [c](mailto:a@b.c)"));
    expect([...element.querySelectorAll("a")].map(linkOf)).toEqual(["https://example.org/x", "mailto:a@b.c"]);
  });
});
