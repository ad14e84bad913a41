import { extname } from "node:path";

/** How one runs a command of this program: sources are a checkout's, an installed program is JavaScript. */
export const ownCommand = (command: string): string =>
  extname(import.meta.filename) === ".ts" ? `pnpm --filter infra ${command}` : `npx muster-infra ${command}`;
