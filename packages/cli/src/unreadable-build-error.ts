import { MusterError } from "@muster/pipeline/muster-error";

/** A build of which there is no history any more that could be read; others are not touched. */
export class UnreadableBuildError extends MusterError {
  override readonly name = "Muster.UnreadableBuild";
  /** Whether the user has read why, when its journal was found damaged: then there is no more to say. */
  readonly isTold: boolean;

  constructor(build: string, { isTold }: { isTold: boolean }) {
    super(`the build ${build} cannot be read: its history is lost`, {
      hint: "the process that moves the builds has said why; muster status --list shows the others",
    });
    this.isTold = isTold;
  }
}
