/**
 * Rows of the README's table that no recorded answer can show, since the predecessor's was a behaviour over time or on machines: the test that shows
 * Muster's, by its file and its title.
 */
export const shownByTests: Readonly<Record<string, readonly [file: string, title: string]>> = {
  "lost machines": [
    "packages/lambdas/src/repair.test.ts",
    "the task of a lost machine is published again, and a worker for it requested, at once",
  ],
  "who repairs": [
    "e2e/src/fleet/right-workers.test.ts",
    "40 tasks whose workers all died get 40 from one health check; another, while these boot, launches none",
  ],
  "tasks without a worker": [
    "packages/lambdas/src/health-check-refusals.test.ts",
    "without capacity, tasks fail after startTimeout and say which types in which zones were refused and why",
  ],
  publishers: [
    "e2e/src/fleet/right-workers.test.ts",
    "two versions that publish at the same moment have one publisher between them",
  ],
  "overlapping builds": [
    "packages/lambdas/src/parse-input.test.ts",
    "a build that makes the same as a running one is refused, and says how to go on",
  ],
  "forgotten workers": [
    "packages/lambdas/src/reap.test.ts",
    "a machine that never became ready is marked in one cycle and terminated in the next",
  ],
  "scripts' surroundings": [
    "packages/worker-agent/src/task/execute-task.test.ts",
    "a script that forks daemons and exits with 0 has succeeded, and nothing of it survives",
  ],
  "scripts' time": [
    "packages/worker-agent/src/task/task-ending.test.ts",
    "a script is ended a minute before its step's timeout, even if it ignores TERM, and its log is there",
  ],
  logs: [
    "e2e/src/failed-step.test.ts",
    "muster logs shows the failed task's lines of all its workers, and no other task's",
  ],
  "index pages": [
    "packages/lambdas/src/update-indices.test.ts",
    "a page that a pipeline published stays, is listed as a file, and its folder's listing gives way to it",
  ],
  "status of a build": [
    "packages/history/src/build-history.test.ts",
    "a waiting task is shown with what the last health check found missing, until that is mended",
  ],
  "schemes of versions": [
    "packages/pipeline/src/versions/scheme-of.test.ts",
    "a build of %s is one where the pipeline's scheme has it",
  ],
  machines: ["infra/src/compute/worker-image.test.ts", "people reach every worker of %s through Session Manager"],
  today: [
    "packages/lambdas/src/parse-input.test.ts",
    "without a version, the nightly of the UTC day on which the execution started is built",
  ],
  "command line": [
    "packages/lambdas/src/parse-input.test.ts",
    "without a version, the nightly of the UTC day on which the execution started is built",
  ],
  "scripts' origin": [
    "packages/worker-agent/src/agent/agent.test.ts",
    "a script whose digest is another than its URL says is not run",
  ],
  tests: [
    "e2e/src/hhvm-machine.test.ts",
    "a release of two versions runs every step of each and ends with one result a step",
  ],
  "workers of before": [
    "packages/lambdas/src/prepare-activity.test.ts",
    "a task of a skip build can be taken by a worker that sources its variables, and by Muster's own",
  ],
  "published packages": [
    "pipelines/hhvm/pipeline.test.ts",
    "a package is made where it is neither built nor published, whatever lies in the pool",
  ],
  "overtaken versions": [
    "pipelines/hhvm/scripts/publish-binary-packages.test.ts",
    "a version that its own series has overtaken is refused, by name, and nothing is published",
  ],
  "halves of a publication": [
    "pipelines/hhvm/scripts/publish-binary-packages.test.ts",
    "what a publisher left half done is finished by the next, and done again changes nothing",
  ],
  "the end of indices": [
    "pipelines/hhvm/scripts/publish-binary-packages.test.ts",
    "an index ends, and is signed anew by what is published next before apt would refuse it",
  ],
  "Debian revisions": [
    "pipelines/hhvm/scripts/make-binary-package.test.ts",
    "a revision that no step would look for is refused before anything is compiled",
  ],
  "whole builds": [
    "pipelines/hhvm/scripts/make-binary-package.test.ts",
    "a package that is not what its .changes says is not kept",
  ],
  "scratch and volume": [
    "pipelines/hhvm/release.test.ts",
    "a version that came to one of its suites only is not published, and the next build finishes it",
  ],
  "tags in public": [
    "pipelines/hhvm/scripts/publish-source-tarball.test.ts",
    "done again it pushes nothing, and an older version takes nothing back",
  ],
  "expired sources": [
    "pipelines/hhvm/release.test.ts",
    "a platform that is added after scratch has expired is made of the source that users have",
  ],
  "images of narrowed builds": [
    "pipelines/hhvm/release.test.ts",
    "a build that is narrowed to a platform without images leaves them, and `latest`, alone",
  ],
  "kept containers": [
    "pipelines/hhvm/scripts/after-task/make-binary-package.test.ts",
    "a build that came to no container leaves nothing to keep, and another's alone",
  ],
  "caches of dependencies": [
    "pipelines/hhvm/scripts/make-binary-package.test.ts",
    "what a build downloads is there for the next one",
  ],
  secrets: ["infra/src/stage-scope.test.ts", "leave the definition's names to the stage that bears the pipeline's own"],
  "workers' packages": [
    "pipelines/hhvm/scripts.test.ts",
    "what workers install comes from their distribution, and from nowhere else",
  ],
  "stale publishers": [
    "pipelines/hhvm/scripts/publish-binary-packages.test.ts",
    "an index that another publisher wrote meanwhile is not overwritten",
  ],
  "test packages": [
    "pipelines/hhvm/scripts/make-binary-package.test.ts",
    "a test build leaves nothing behind that a later build would publish",
  ],
  "latest images": [
    "pipelines/hhvm/scripts/publish-docker-images.test.ts",
    "a fix of an older series becomes the latest of that series alone, also where its branch still says otherwise",
  ],
  "the same tarball": [
    "pipelines/hhvm/scripts/make-source-tarball.test.ts",
    "a release is its tag in staging, pruned, and the same bytes each time",
  ],
};
