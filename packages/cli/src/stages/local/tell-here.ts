import { type Log, silentLog } from "@muster/lambdas";
import type { Print } from "../../print.ts";

/** Says on this machine who was told that a build has ended, and who was not. */
export function tellingLog(print: Pick<Print, "note" | "error">): Log {
  return {
    ...silentLog,
    info: (message, fields) => {
      if (message === "build end told") print.note(`told ${fields?.target}`);
    },
    warn: (message, fields) => {
      if (message === "build end will be told later")
        print.note(`${fields?.target} is not told yet: ${fields?.problem}`);
    },
    error: (message, fields) => {
      if (message === "build end not told")
        print.error({ message: `${fields?.target} is not told: ${fields?.problem}`, hint: undefined });
    },
  };
}
