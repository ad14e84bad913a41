/** Somebody who was to be told that a build has ended, and whom nobody tries to tell any more. */
export interface UntoldJson {
  /** By its name in the pipeline. */
  readonly target: string;
  /** `webhook`, `slack`, `sns` */
  readonly kind: string;
  /** Why not. */
  readonly problem: string;
}

/** `team-chat was not told of its end: it answers 503` */
export const untoldWords = ({ target, problem }: UntoldJson): string => `${target} was not told of its end: ${problem}`;

/** Of `muster`: what tells them. */
export const tellAgainWords = (build: string, untold: readonly Pick<UntoldJson, "target">[]): string[] => [
  "notifications",
  build,
  "--send",
  ...untold.flatMap(({ target }) => ["--to", target]),
];
