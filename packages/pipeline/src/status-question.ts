import type { Question } from "./activity.ts";
import type { Artifacts } from "./artifacts.ts";
import { type IsThere, statusOf } from "./status.ts";
import type { Per, Subject } from "./subject.ts";
import { unreachable } from "./unreachable.ts";

/** What `shouldRun` asks with. Its type sees to it that artifacts are asked for what they are per. */
export function statusQuestion<P extends Per>(subject: Subject<P>, isThere: IsThere): Question<P>["status"] {
  const status = async (of: Artifacts<Per>, ...where: string[]) =>
    (await statusOf(of, subjectWithin(subject, where), isThere)).status;
  return status as Question<P>["status"];
}

/** @param where what narrows the subject: a version and a platform of a build, a platform of a version */
function subjectWithin(subject: Subject, where: readonly string[]): Subject {
  switch (subject.per) {
    case "build": {
      const [version, ...rest] = where;
      return version === undefined
        ? subject
        : subjectWithin({ per: "version", version, platforms: [], buildPlatforms: [] }, rest);
    }
    case "version":
    case "platform": {
      const [platform] = where;
      return platform === undefined ? subject : { ...subject, per: "platform", platform };
    }
    default:
      return unreachable(subject);
  }
}
