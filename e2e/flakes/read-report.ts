import { relative } from "node:path";

/** Something of a suite that did not pass at its first try. */
export interface Failure {
  /** Relative to the package; empty for what is no file's, such as an error that no test waited for. */
  readonly file: string;
  /** With the names of what it is described in; empty for a file that could not run. */
  readonly test: string;
  readonly message: string;
}

export interface SuiteRun {
  readonly passed: number;
  readonly failures: readonly Failure[];
  readonly seconds: number;
}

/** What is used here of the report that vitest's reporter `json` writes. */
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[];
      readonly title: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/**
 * What failed in a run. A test that passed when it was tried again counts: its report keeps the first error.
 * @param text of the report; undefined where vitest ended without one
 * @see https://vitest.dev/guide/reporters.html#json-reporter
 */
export function readReport(
  text: string | undefined,
  { folder, exitCode }: { folder: string; exitCode: number | null },
): Omit<SuiteRun, "seconds"> {
  if (text === undefined) {
    return { passed: 0, failures: [{ file: "", test: "", message: `vitest ended with ${exitCode} and no report` }] };
  }
  const { testResults } = JSON.parse(text) as Report;
  const failures = testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(folder, name);
    const tests = assertionResults
      .filter((result) => result.status === "failed" || result.failureMessages.length > 0)
      .map(({ ancestorTitles, title, status, failureMessages: [first = ""] }) => ({
        file,
        test: [...ancestorTitles, title].join(" > "),
        message: `${status === "passed" ? "passed only when it was tried again: " : ""}${first}`,
      }));
    return tests.length > 0 || status !== "failed" ? tests : [{ file, test: "", message }];
  });
  const passed = testResults.flatMap(({ assertionResults }) => assertionResults).filter(isPassed).length;
  if (failures.length > 0 || exitCode === 0) return { passed, failures };
  const message = `every test passed, but vitest ended with ${exitCode}: an error that no test waited for`;
  return { passed, failures: [{ file: "", test: "", message }] };
}

const isPassed = ({ status, failureMessages }: { status: string; failureMessages: readonly string[] }): boolean =>
  status === "passed" && failureMessages.length === 0;
