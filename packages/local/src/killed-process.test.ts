import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { CloudWatchLogsClient, GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DescribeInstancesCommand, EC2Client } from "@aws-sdk/client-ec2";
import { GetObjectCommand, ListObjectVersionsCommand, S3Client } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { createLocalAws } from "./local-aws.ts";

/** Kills the writer as soon as it has answered round `last`; resolves to the last round that was answered. */
async function writeUntilKilled(dir: string, last: number): Promise<number> {
  const program = join(import.meta.dirname, "../crash-test/write-services.ts");
  const writer = spawn(process.execPath, [program, dir], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(writer, "exit");
  let answered = -1;
  for await (const line of createInterface({ input: writer.stdout })) {
    answered = Number(line);
    if (answered >= last) writer.kill("SIGKILL");
  }
  await ended;
  return answered;
}

test.each([0, 3, 17, 40])(
  "what was answered before a kill is there after it, whole (round %i)",
  async (last) => {
    const dir = mkdtempSync(join(tmpdir(), "killed-process-"));
    try {
      const answered = await writeUntilKilled(dir, last);
      expect(answered).toBeGreaterThanOrEqual(last);
      const damaged: string[] = [];
      await using aws = createLocalAws({ dir, onDamaged: (name) => damaged.push(name) });
      aws.start();
      const s3 = new S3Client(aws.clientConfig());
      const read = async (Key: string, Bucket = "bucket", VersionId?: string) => {
        const { Body, Metadata } = await s3.send(new GetObjectCommand({ Bucket, Key, VersionId }));
        return { text: await Body?.transformToString(), round: Number(Metadata?.round) };
      };
      for (let round = 0; round <= answered; round++) {
        expect(await read(`${round}`)).toEqual({ text: `${round}\n`.repeat(2_000), round });
      }
      const same = await read("same");
      expect(same.round).toBeGreaterThanOrEqual(answered);
      expect(same.text).toBe(`${same.round}\n`.repeat(2_000));
      const { Versions = [], DeleteMarkers = [] } = await s3.send(
        new ListObjectVersionsCommand({ Bucket: "versions", Prefix: "v" }),
      );
      const rounds: number[] = [];
      for (const { VersionId } of Versions) {
        const version = await read("v", "versions", VersionId);
        expect(version.text).toBe(`${version.round}\n`.repeat(2_000));
        rounds.unshift(version.round);
      }
      expect(rounds).toEqual(rounds.map((_, index) => index));
      expect(rounds.length).toBeGreaterThan(answered);
      expect(DeleteMarkers.length).toBeGreaterThanOrEqual(Math.floor((answered + 1) / 3));
      expect(DeleteMarkers.length).toBeLessThanOrEqual(Math.floor(rounds.length / 3));
      expect([...Versions, ...DeleteMarkers].filter(({ IsLatest }) => IsLatest).length).toBe(1);
      const { events } = await new CloudWatchLogsClient(aws.clientConfig()).send(
        new GetLogEventsCommand({ logGroupName: "g", logStreamName: "s", startFromHead: true }),
      );
      const messages = events?.map(({ message }) => Number(message)) ?? [];
      expect(messages).toEqual(messages.map((_, index) => index));
      expect(messages.length).toBeGreaterThan(answered);
      const { Reservations } = await new EC2Client(aws.clientConfig()).send(new DescribeInstancesCommand({}));
      const instance = Reservations?.[0]?.Instances?.[0];
      expect(instance?.State?.Name).toBe("terminated");
      expect(Number(instance?.Tags?.[0]?.Value)).toBeGreaterThanOrEqual(answered);
      expect(damaged).toEqual([]);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  },
  60_000,
);
