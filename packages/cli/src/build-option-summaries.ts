import type { buildOptions } from "@muster/pipeline";

/** What help says of the options that a build's words may hold. */
export const buildOptionSummaries: Readonly<Record<(typeof buildOptions)[number], string>> = {
  "--skip-ec2": "Launch nothing: tasks wait for the workers of run-test-workers; no step is skipped",
  "--fake-ec2": "Launch workers, which run a dummy script; no step is skipped",
  "--test-build": "Only make packages: nothing is published, and nothing is tried twice (also --test)",
  "--keep-failed": "Keep the machines of failed tasks for some hours",
  "--force": "Make all of its steps again, though what they make is there",
  "--allow-overlap": "Start although a running build has a version and platform in common",
  "--republish": "Publish also what was withdrawn: it is withdrawn no longer",
};
