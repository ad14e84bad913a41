import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { bootParts } from "./boot-parts.ts";

const script = (text: string, everyBoot = false) => ({ kind: "script", text, everyBoot });
const ignored = (why: RegExp) => [{ kind: "ignored", why: expect.stringMatching(why) }];

test.each(["#!/bin/sh\ntrue\n", "#!/usr/bin/env python3\nprint(1)\n", "#! /usr/bin/perl\n"])(
  "%j is a script",
  (text) => {
    expect(bootParts(text)).toEqual([script(text)]);
  },
);

test("lines that end as on Windows do not hide the interpreter", () => {
  expect(bootParts("#!/bin/sh\r\ntrue\r\n")).toEqual([script("#!/bin/sh\ntrue\n")]);
});

test("nothing is nothing", () => {
  expect(bootParts("")).toEqual([]);
  expect(bootParts("\n \n")).toEqual([]);
});

test.each([
  ["echo no interpreter\n", /no script \(no #!\)/],
  ["arn:aws:states:us-west-2:000000000000:activity:x", /no script/],
  ["#cloud-config\nruncmd: [true]\n", /^text\/cloud-config is not carried out/],
  ["#include\nhttps://example.org/script\n", /^text\/x-include-url is not/],
  ["## template: jinja\n#!/bin/sh\n", /^text\/jinja2 is not/],
  ["\n#!/bin/sh\n", /first line does not begin with #!/],
])("%j is left out, and why is said", (text, why) => {
  expect(bootParts(text)).toEqual(ignored(why));
});

test("a boothook runs at every boot", () => {
  expect(bootParts("#cloud-boothook\n#!/bin/sh\ntrue\n")).toEqual([script("#!/bin/sh\ntrue\n", true)]);
});

test("the scripts of a MIME archive run in their order, whatever they are encoded in; its other parts are left out", () => {
  const encoded = (text: string | Buffer) => Buffer.from(text).toString("base64").replace(/.{20}/g, "$&\n");
  const archive = [
    'Content-Type: multipart/mixed;\n boundary="==part=="',
    "MIME-Version: 1.0",
    "",
    "what stands here is for readers",
    "--==part==",
    'Content-Type: text/x-shellscript; charset="us-ascii"',
    "",
    "#!/bin/sh\necho plain\n",
    "--==part==",
    "Content-Type: text/x-shellscript",
    "Content-Transfer-Encoding: base64",
    "",
    encoded("#!/bin/sh\necho base64\n"),
    "--==part==",
    "Content-Type: text/plain",
    "Content-Transfer-Encoding: base64",
    "",
    encoded(gzipSync("#!/bin/sh\necho gzip\n")),
    "--==part==",
    "Content-Type: text/cloud-config",
    "",
    "#cloud-config\nruncmd: []",
    "--==part==",
    "Content-Type: text/x-shellscript-per-boot",
    "",
    "#!/bin/sh\necho boot\n",
    "--==part==--",
    "#!/bin/sh\necho after the end",
  ];
  for (const newline of ["\n", "\r\n"]) {
    expect(bootParts(archive.join("\n").replaceAll("\n", newline))).toEqual([
      script("#!/bin/sh\necho plain\n"),
      script("#!/bin/sh\necho base64\n"),
      script("#!/bin/sh\necho gzip\n"),
      ...ignored(/^text\/cloud-config/),
      script("#!/bin/sh\necho boot\n", true),
    ]);
  }
});
