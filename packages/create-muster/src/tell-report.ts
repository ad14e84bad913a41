import type { InitReport } from "./init-repository.ts";

/** What to say of a repository that was started: what was written, what stays, and the next commands. @param shown the folder, as seen from here */
export function tellReport({ written, kept, packages }: InitReport, shown: string): string[] {
  if (written.length === 0) return ["Everything is there already: nothing was written."];
  const into = shown === "" ? "" : `cd ${shown} && `;
  const install = kept.includes("package.json")
    ? `npm install --save-dev ${packages.map((each) => `"${each}"`).join(" ")}`
    : "npm install";
  return [
    ...written.map((path) => `wrote ${path}`),
    ...kept.map((path) => `kept  ${path}`),
    "",
    `Next: ${into}git init && ${install} && npx muster build`,
  ];
}
