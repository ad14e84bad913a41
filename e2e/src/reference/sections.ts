/** What the reference explains: an object that definitions write or read, or functions that they call. */
export type Section = ObjectSection | FunctionsSection;

export interface ObjectSection {
  readonly kind: "object";
  readonly title: string;
  /** Before a field's name: `worker.market`. */
  readonly prefix: string;
  /** An exported type, or the function that takes such an object, as which of its arguments. */
  readonly of: { readonly type: string } | { readonly call: string; readonly argument?: number };
  /** Other types that whoever looks for them finds explained here. */
  readonly types: readonly string[];
}

export interface FunctionsSection {
  readonly kind: "functions";
  readonly title: string;
  readonly names: readonly string[];
  /** What they answer, where that is a type of its own. */
  readonly types: readonly string[];
}

function object(title: string, prefix: string, of: ObjectSection["of"], ...types: string[]): ObjectSection {
  return { kind: "object", title, prefix, of, types };
}

function functions(title: string, names: readonly string[], ...types: string[]): FunctionsSection {
  return { kind: "functions", title, names, types };
}

/** In the order in which somebody who writes a definition comes to them. */
export const sections: readonly Section[] = [
  object("The pipeline", "pipeline", { call: "definePipeline" }),
  functions("Its platforms", ["fixedPlatforms", "parseLinuxPlatform"], "Platforms"),
  object("Platforms that a file lists", "listedPlatforms", { call: "listedPlatforms" }, "PlatformList"),
  functions(
    "Its flow",
    ["forEachVersion", "forEachPlatform", "sequence", "parallel"],
    "ForEachVersion",
    "ForEachPlatform",
    "Sequence",
    "Parallel",
  ),
  object("A channel", "channel", { type: "Channel" }),
  functions("What channels are asked", ["channelOf", "checkDebianOrder"]),
  object("An activity", "activity", { call: "activity" }, "Activity"),
  functions("Durations", ["seconds", "minutes", "hours", "days"]),
  object("Its machine", "worker", { type: "WorkerMachine" }),
  object("A rule of its retries", "retry", { type: "Retry" }),
  object("Its permissions", "access", { type: "Access" }),
  object("How what it published is taken back", "withdrawal", { type: "ScriptedWithdrawal" }),
  object("What cannot be taken back", "impossibleWithdrawal", { type: "ImpossibleWithdrawal" }),
  object("A key that it may use", "kmsKey", { type: "KmsKey" }),
  object("A secret that it may read", "storedSecret", { type: "StoredSecret" }),
  functions("Objects", ["scratch", "downloads"]),
  object("An object of any bucket", "object", { type: "S3Object" }),
  object("A package in an apt repository", "aptPackage", { call: "aptPackage" }, "AptPackage", "NamedPackage"),
  object("What functions are told of a version", "versionSubject", { type: "VersionSubject" }, "Subject"),
  object("What functions are told of a platform", "platformSubject", { type: "PlatformSubject" }, "Subject"),
  object("What functions are told of a build", "buildSubject", { type: "BuildSubject" }, "Subject"),
  object("What a build was asked for", "buildInput", { type: "BuildInput" }),
  object("What shouldRun is told besides", "question", { type: "Asking" }, "StatusQuestions"),
  object("What shouldRun answers", "decision", { type: "Decision" }),
  object("An approval", "approval", { call: "approval" }, "Approval"),
  object("What an approval is asked for", "asked", { type: "AskedFor" }),
  object("A program that is told", "webhook", { call: "webhook" }, "Webhook", "Notification"),
  object("A chat that is told", "slack", { call: "slack" }, "Slack", "Notification"),
  object("A topic that is told", "sns", { call: "sns" }, "Sns", "Notification"),
  object("An input that is text", "textInput", { call: "textInput" }, "TextInput", "TextInputOptions"),
  object("An input that is yes or no", "flagInput", { call: "flagInput" }, "FlagInput", "FlagInputOptions"),
  object("An input that is a number", "numberInput", { call: "numberInput" }, "NumberInput", "NumberInputOptions"),
  functions("What inputs are asked", ["inputsOf"], "ValueOf"),
  functions("Schemes of versions", ["releasesAndNightlies", "debianVersions", "withRevisions"]),
  object("Semantic versions", "semver", { call: "semver" }, "SemverOptions"),
  object("A calendar", "calendar", { call: "calendar" }, "CalendarFormats"),
  object("A pattern", "pattern", { call: "pattern", argument: 1 }, "PatternOptions"),
  object("Nightlies of a pattern", "nightlies", { type: "PatternNightlies" }),
  object("A scheme of your own", "scheme", { type: "VersionScheme" }),
  object("Parts of a version", "parts", { type: "VersionParts" }),
  functions("What packages are called", ["debianVersion", "rpmVersion", "imageTag"]),
];
