import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import type { EC2Client } from "@aws-sdk/client-ec2";
import type { S3Client } from "@aws-sdk/client-s3";
import type { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import type { SFNClient } from "@aws-sdk/client-sfn";
import type { NotificationRequest, NotifyAnswer, Pipeline, StageDescription } from "@muster/pipeline";

/** What a command is going to do with a stage. */
export interface StageNeeds {
  /** `run`: builds must move; `read`: only reports; `serve`: its objects are for other processes, and no build moves that did not move already. */
  readonly to: "run" | "read" | "serve";
  /** What its objects are served for: a task. */
  readonly serves?: string;
  /** Divides what only paces a build, on the local stage. */
  readonly timeScale?: number;
  /** Names under which clients may ask the local stage's endpoint, beside loopback ones. */
  readonly allowedHosts?: readonly string[];
  /** A fixed port for the local stage's endpoint; any free one where absent. */
  readonly port?: number;
}

/** Where builds run. Everything but its opening is the same on AWS and on this machine. */
export interface Stage {
  readonly pipeline: Pipeline;
  /** Its scripts' paths are relative to this folder. */
  readonly pipelineFolder: string;
  readonly description: StageDescription;
  readonly sfn: SFNClient;
  /** Loaded when it is first asked for, as those below: a build is shown without objects, lines and machines. */
  s3(): Promise<S3Client>;
  logs(): Promise<CloudWatchLogsClient>;
  ec2(): Promise<EC2Client>;
  /** Where machines cost money, for quotas are of an account there. */
  serviceQuotas?(): Promise<ServiceQuotasClient>;
  /** Milliseconds between two looks at a running build: what its API's rate allows. */
  readonly pollMs: number;
  /** Who moves its builds: AWS, this process, another process on this machine, or nobody. */
  readonly movedBy: "aws" | "here" | { readonly pid: number; readonly url: string } | "nobody";
  /** Whether its machines cost money. */
  readonly isBilled: boolean;
  /** Where the objects for users lie: a folder or a URL. */
  readonly downloads: string;
  /** The file that an object is, where objects are files of this machine. */
  pathOf?(object: { readonly bucket: string; readonly key: string }): string;
  /** Names of builds whose journals were found damaged, of which the user has been told; this machine's stage knows it. */
  readonly damagedBuilds?: ReadonlySet<string>;
  /** URL of the local stage's endpoint, where a process of this machine serves it. */
  readonly url?: string;
  /** Names of the tasks that its workers are at; where builds move in this process, whose end is theirs. */
  busyWorkers?(): Promise<string[]>;
  /** Who works with it: on AWS the ARN that its credentials are of, on this machine the user's name. */
  caller(): Promise<string>;
  /**
   * Tries out whom builds notify, or tells them a build's end again: on AWS the function does, which has the secrets; on this machine this process,
   * and it tells whom it names.
   */
  notify(request: NotificationRequest["detail"]): Promise<NotifyAnswer>;
  /** Lets go of it; workers of this process end. */
  close(): Promise<void>;
}
