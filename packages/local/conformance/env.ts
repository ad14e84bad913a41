/** MUSTER_CASES names the file of cases; INIT_CWD, set by package managers, is where the command was typed. */
export const env: { readonly MUSTER_CASES?: string | undefined; readonly INIT_CWD?: string | undefined } = {
  MUSTER_CASES: process.env.MUSTER_CASES,
  INIT_CWD: process.env.INIT_CWD,
};
