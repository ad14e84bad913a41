import { hash } from "node:crypto";

/** The task that a token stands for. */
export interface TokenContent {
  readonly executionArn: string;
  readonly frameId: number;
  readonly scheduledId: number;
}

export interface TaskTokens {
  create(content: TokenContent): string;
  /** Undefined for a text that this service never handed out. */
  read(token: string): TokenContent | undefined;
}

/** Tokens follow from what they stand for and a secret, so that they stay valid over restarts without being stored. */
export function taskTokens(secret: string): TaskTokens {
  const seal = (body: string) => hash("sha256", `${body}.${secret}`, "base64url").slice(0, 32);
  return {
    create({ executionArn, frameId, scheduledId }) {
      const body = Buffer.from(`${frameId} ${scheduledId} ${executionArn}`).toString("base64url");
      return `${body}.${seal(body)}`;
    },
    read(token) {
      const [body, seals, ...rest] = token.split(".");
      if (body === undefined || seals !== seal(body) || rest.length > 0) return undefined;
      const [frameId, scheduledId, executionArn] = Buffer.from(body, "base64url").toString().split(" ");
      if (executionArn === undefined) return undefined;
      return { executionArn, frameId: Number(frameId), scheduledId: Number(scheduledId) };
    },
  };
}
