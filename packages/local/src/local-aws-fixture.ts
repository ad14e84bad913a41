import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import { createLocalAws, type LocalAws, type LocalAwsOptions } from "./local-aws.ts";

/** A folder for each test of a file, and local AWSs that are closed after it. */
export interface LocalAwsFixture {
  readonly dir: string;
  /** One that moves by itself. */
  open(options?: LocalAwsOptions): LocalAws;
  close(aws: LocalAws): Promise<void>;
}

export function localAwsFixture(): LocalAwsFixture {
  let dir = "";
  const opened = new Set<LocalAws>();
  const close = async (aws: LocalAws) => {
    opened.delete(aws);
    await aws.close();
  };
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "local-aws-test-"));
  });
  afterEach(async () => {
    for (const aws of opened) await close(aws);
    rmSync(dir, { recursive: true, force: true });
  });
  return {
    get dir() {
      return dir;
    },
    open(options = {}) {
      const aws = createLocalAws(options);
      opened.add(aws);
      aws.start();
      return aws;
    },
    close,
  };
}

/** The name of an error, for what must fail. */
export const failure = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "no failure",
    (error: Error) => error.name,
  );
