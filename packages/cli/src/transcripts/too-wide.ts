import { columnsOf } from "../text-columns.ts";

/** What these commands print on standard output is what others wrote, or what programs read: it is passed on as it is. */
const PASSED_ON = /^\$ muster (logs|results|repro|asl|completion)\b/;

/** A path, URL or name, and below a list's sign or `$`: it has no place to be broken at. */
const ONE_WORD = /^\s*([✔✖?↩│] )?\S+$/;

/** Words that somebody copies into a shell: a line's end among them would run half of it. */
const TO_COPY = /(^|[\s(;,`])muster [a-z]|^\s*(export|unset|aws\(\)) /;

/** Lines of a transcript that are wider than the terminal, and are none of those that may be, each with its command. */
export function tooWide(transcript: string, columns: number): string[] {
  return transcript.split(/^(?=\$ muster )/m).flatMap((each) => {
    const [command = "", ...lines] = each.split("\n");
    if (PASSED_ON.test(command)) return [];
    return lines
      .filter((line) => columnsOf(line) > columns && !ONE_WORD.test(line) && !TO_COPY.test(line))
      .map((line) => `${command}: ${line}`);
  });
}
