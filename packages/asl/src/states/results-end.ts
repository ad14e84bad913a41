import type { PayloadTemplate } from "../amazon-states-language.ts";
import { type Fragment, fragment } from "../fragment.ts";

/** The last state of a nested machine: hands on its results and, of its data, what else is named. */
export function resultsEnd(name: string, alsoKept: PayloadTemplate = {}): Fragment {
  return fragment(name, {
    [name]: { Type: "Pass", Parameters: { ...alsoKept, "results.$": "$.results" }, End: true },
  });
}
