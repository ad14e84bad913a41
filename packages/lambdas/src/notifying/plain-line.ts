// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
const SEQUENCES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|.)/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;
const LONGEST = 600;

/** Text of others as one line, without what a terminal, a mail program or a chat would obey. */
export function plainLine(text: string): string {
  const line = text.replaceAll(SEQUENCES, "").replaceAll(CONTROLS, " ").trim();
  return line.length <= LONGEST ? line : `${[...line].slice(0, LONGEST - 1).join("")}…`;
}
