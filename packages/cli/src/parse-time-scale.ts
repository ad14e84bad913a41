import { UsageError } from "./usage-error.ts";

/** `--time-scale` as the stage takes it. */
export function parseTimeScale(text: string | undefined): { timeScale?: number } {
  if (text === undefined) return {};
  const timeScale = Number(text);
  if (timeScale >= 1 && Number.isFinite(timeScale)) return { timeScale };
  throw new UsageError(`"${text}" is not a time scale`, {
    hint: "a number of 1 or more: 60 makes a minute's wait a second's",
  });
}
