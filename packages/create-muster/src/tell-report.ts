import type { InitReport } from "./init-repository.ts";

/** What to say of a repository that was started: what was written, what stays, and the next commands. */
export function tellReport(
  { written, kept }: InitReport,
  { shown, aws }: { readonly shown: string; readonly aws: boolean },
): string[] {
  const into = shown === "" ? "" : `cd ${shown} && `;
  if (written.length === 0) return ["Everything is there already: nothing was written."];
  const manifest = "package.json is yours: npm install --save-dev muster @muster/pipeline @muster/simulation";
  const more = aws ? " @muster/infra cdktf@0.21.0 cdktf-cli@0.21.0 constructs" : "";
  return [
    ...written.map((path) => `wrote ${path}`),
    ...kept.map((path) => `kept  ${path}`),
    ...(kept.includes("package.json") ? [`${manifest}${more}`] : []),
    "",
    `Next: ${into}git init && npm install && npx muster build`,
  ];
}
