import { basename } from "node:path";
import { createInterface } from "node:readline/promises";
import { InvalidInputError, nearestWord, parseLinuxPlatform } from "@muster/pipeline";
import type { InitOptions } from "./init-repository.ts";
import { type Shipped, shippedKinds } from "./shipped.ts";

/** What a command line says of a new repository; undefined where it says nothing. */
export interface AskedFor {
  readonly name: string | undefined;
  readonly what: string | undefined;
  /** Platforms, by commas. */
  readonly for: string | undefined;
  readonly aws: boolean;
  /** Nobody is asked: what is not said is as usual. */
  readonly yes: boolean;
}

/** Where questions are put. */
export interface Terminal {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
}

const USUAL_PLATFORMS = "debian-12-bookworm,debian-13-trixie";

/** As names of pipelines are: buckets, queues and packages are called after it. */
const NAME = /^[a-z][a-z0-9-]*$/;
const LONGEST_NAME = 40;

type Answers = Omit<InitOptions, "folder">;

/**
 * Settles what a new repository is, by the command line, by questions where somebody is there to answer, and as usual.
 * @throws InvalidInputError for an answer that cannot be
 */
export async function settle(asked: AskedFor, folder: string, terminal: Terminal): Promise<Answers> {
  const usualName = slugOf(basename(folder));
  // What is wrong on the command line is told before anything is asked.
  const said = {
    name: asked.name === undefined ? undefined : checkName(asked.name),
    what: asked.what === undefined ? undefined : checkWhat(asked.what),
    platforms: asked.for === undefined ? undefined : checkPlatforms(asked.for),
  };
  if (asked.yes || !terminal.input.isTTY || !terminal.output.isTTY) {
    const what = said.what ?? "deb";
    const platforms = said.platforms ?? checkPlatforms(USUAL_PLATFORMS);
    return { name: said.name ?? checkName(usualName), what, platforms, aws: asked.aws };
  }
  const lines = createInterface(terminal);
  const ask = async (question: string, usual: string) =>
    (await lines.question(`${question} [${usual}] `)).trim() || usual;
  try {
    const name = said.name ?? checkName(await ask("Name of the pipeline?", usualName));
    const kinds = Object.entries(shippedKinds).map(([kind, summary]) => `${kind}: ${summary}`);
    const what = said.what ?? checkWhat(await ask(`What is shipped (${kinds.join("; ")})?`, "deb"));
    const usual = USUAL_PLATFORMS;
    const platforms =
      said.platforms ?? checkPlatforms(what !== "tarball" ? await ask("For which distributions?", usual) : usual);
    const aws = asked.aws || /^y/i.test(await ask("On AWS, too (later: muster init --aws)?", "no"));
    return { name, what, platforms, aws };
  } finally {
    lines.close();
  }
}

const slugOf = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .replace(/-+$/, "");

function checkName(name: string): string {
  if (NAME.test(name) && name.length <= LONGEST_NAME) return name;
  const better = slugOf(name).slice(0, LONGEST_NAME);
  throw new InvalidInputError(`"${name}" is no name for a pipeline`, {
    hint: `lower-case letters, digits and dashes, ${LONGEST_NAME} at most${better === "" ? "" : `: ${better}`}`,
  });
}

function checkWhat(what: string): Shipped {
  if (Object.hasOwn(shippedKinds, what)) return what as Shipped;
  const kinds = Object.keys(shippedKinds);
  const nearest = nearestWord(what, kinds);
  throw new InvalidInputError(`"${what}" is nothing that a new pipeline could ship`, {
    hint: nearest === undefined ? `there are ${kinds.join(", ")}` : `did you mean ${nearest}?`,
  });
}

function checkPlatforms(text: string): string[] {
  const platforms = [...new Set(text.split(/[\s,]+/).filter((word) => word !== ""))];
  const unknown = platforms.find((platform) => parseLinuxPlatform(platform) === undefined);
  if (unknown === undefined && platforms.length > 0) return platforms;
  throw new InvalidInputError(`"${unknown ?? text}" is no distribution`, {
    hint: "name, release and codename, by commas: debian-12-bookworm,ubuntu-24.04-noble",
  });
}
