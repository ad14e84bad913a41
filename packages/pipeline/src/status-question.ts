import type { Question } from "./activity.ts";
import type { Artifacts } from "./artifacts.ts";
import type { Platform } from "./platform.ts";
import { type ObjectExists, statusOf } from "./status.ts";
import type { Per, Subject } from "./subject.ts";
import { unreachable } from "./unreachable.ts";

/** What `shouldRun` asks with. Its type sees to it that artifacts are asked for what they are per. */
export function statusQuestion<P extends Per>(subject: Subject<P>, exists: ObjectExists): Question<P>["status"] {
  const status = async (of: Artifacts<Per>, platform?: Platform) =>
    (await statusOf(of, subjectWithin(subject, platform), exists)).status;
  return status as Question<P>["status"];
}

function subjectWithin(subject: Subject, platform: Platform | undefined): Subject {
  switch (subject.per) {
    case "version":
    case "platform":
      return platform === undefined ? subject : { ...subject, per: "platform", platform };
    default:
      return unreachable(subject);
  }
}
