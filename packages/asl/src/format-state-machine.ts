import { styleText } from "node:util";
import type { StateMachineDefinition } from "./amazon-states-language.ts";

type Style = Parameters<typeof styleText>[0];

/** Strings, as keys or values, and the other values of JSON that is already laid out. */
const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/gi;

/** A definition as a person reads it: indented JSON, with its syntax coloured on request. Ends without a line break. */
export function formatStateMachine(definition: StateMachineDefinition, { colour }: { colour: boolean }): string {
  const json = JSON.stringify(definition, null, 2);
  if (!colour) return json;
  const states = stateNames(definition);
  return json.replace(TOKEN, (token: string, text: string | undefined, colon: string | undefined) => {
    if (text === undefined) return paint("yellow", token);
    if (colon !== undefined) return paint(states.has(text) ? ["bold", "magenta"] : "blue", text) + colon;
    return paint(states.has(text) ? "magenta" : /^"\$/.test(text) ? "cyan" : "green", text);
  });
}

const paint = (style: Style, text: string): string => styleText(style, text, { validateStream: false });

/** Names of states as they stand in JSON, at any depth. */
function stateNames(value: unknown, names = new Set<string>()): Set<string> {
  if (typeof value !== "object" || value === null) return names;
  for (const [key, inner] of Object.entries(value)) {
    if (key === "States") for (const name of Object.keys(inner)) names.add(JSON.stringify(name));
    stateNames(inner, names);
  }
  return names;
}
