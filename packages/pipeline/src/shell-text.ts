/** What a shell can hold under. @see https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap08.html */
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Variables as lines that a shell sources: `export NAME='value'`. Whatever a value holds, it is read back as it is; a name that no
 * shell can hold is left out, as bash leaves it out of what it inherits.
 */
export function shellText(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .filter(([name]) => NAME.test(name))
    .map(([name, value]) => `export ${name}=${quote(value)}`)
    .join("\n");
}

const quote = (value: string): string => `'${value.replaceAll("'", `'\\''`)}'`;
