import { expect, test } from "vitest";
import { html } from "./html.ts";

test("what is put in is escaped once, in text and in attributes; markup stays", () => {
  const inner = html`<b title="${`"it's" <x>`}">${"a & b"}</b>`;
  expect(html`<p>${inner} ${1} ${undefined}${["<", html`<i></i>`]}</p>`.markup).toBe(
    '<p><b title="&quot;it&#39;s&quot; &lt;x&gt;">a &amp; b</b> 1 &lt;<i></i></p>',
  );
});

test("control characters are shown to have been there; line ends and tabs stay", () => {
  expect(html`${"a\u001B[31m\u0000\u009B\tb\r\nc"}`.markup).toBe("a\uFFFD[31m\uFFFD\uFFFD\tb\r\nc");
});
