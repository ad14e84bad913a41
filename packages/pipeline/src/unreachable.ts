/**
 * The end of a `switch` over a closed choice: a member that it has no case for is no `never`, and does not compile.
 * @throws TypeError where data are not what their type says
 */
export function unreachable(value: never): never {
  throw new TypeError(`${JSON.stringify(value)} is none of the known kinds`);
}
