import {
  activity,
  definePipeline,
  fixedPlatforms,
  flagInput,
  forEachVersion,
  inputsOf,
  minutes,
  numberInput,
  textInput,
} from "@muster/pipeline";

const inputs = {
  target: textInput({ summary: "Where the release goes", oneOf: ["staging", "production"], default: "staging" }),
  notes: textInput({ summary: "What is new, in one line", default: "" }),
  ticket: textInput({ summary: "Whose release it is", pattern: /REL-\d+/ }), // no default: a build must say it
  announce: flagInput({ summary: "Whether users are told" }), // false where nothing is said
  rollout: numberInput({ summary: "Percent of users who get it", default: 100, min: 1, max: 100, whole: true }),
};

const Release = activity({
  name: "Release",
  per: "version",
  script: "release.sh", // gets INPUT_TARGET, INPUT_NOTES, INPUT_TICKET, INPUT_ANNOUNCE and INPUT_ROLLOUT
  timeout: minutes(10),
  worker: { instanceTypes: ["t3.micro"] },
  shouldRun: async ({ build }) => {
    const { target, announce } = inputsOf(inputs, build); // typed: "staging" | "production", boolean
    const run = announce || target === "production";
    return { run, reason: run ? "it is asked for" : "nobody is to be told" };
  },
});

export default definePipeline({
  name: "example",
  summary: "A release that is told where it goes",
  inputs,
  platforms: fixedPlatforms("any"),
  flow: forEachVersion(Release),
  image: "/aws/service/debian/release/12/latest/amd64",
  dummyScript: "dummy.sh",
  invalidates: [],
});
