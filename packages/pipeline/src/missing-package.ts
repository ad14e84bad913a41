import { InvalidConfigurationError } from "./muster-error.ts";

/**
 * What a definition imports and npm has not installed, said with the remedy; undefined for any other error of an import.
 * @param shown the file that was imported, as the user would name it
 * @see https://nodejs.org/api/errors.html#err_module_not_found
 */
export function missingPackage(error: unknown, shown: string): InvalidConfigurationError | undefined {
  if (!(error instanceof Error) || !("code" in error) || error.code !== "ERR_MODULE_NOT_FOUND") return undefined;
  const [, name] = /^Cannot find package '([^']+)'/.exec(error.message) ?? [];
  if (name === undefined) return undefined;
  return new InvalidConfigurationError(`${shown} imports ${name}, which is not installed`, {
    hint: `npm install, or npm install --save-dev ${name} where no package.json names it yet`,
  });
}
