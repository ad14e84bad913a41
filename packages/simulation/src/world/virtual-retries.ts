import { chance } from "@muster/records";

/** What the SDK's retry middleware asks of a strategy. @see https://smithy.io/2.0/guides/sdk-guide/index.html */
interface RetryToken {
  getRetryCount(): number;
  getRetryDelay(): number;
}
interface RetryErrorInfo {
  readonly errorType: "TRANSIENT" | "THROTTLING" | "SERVER_ERROR" | "CLIENT_ERROR";
}

/** As the SDK's standard mode. @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html */
const MOST_ATTEMPTS = 3;
const MOST_DELAY_MS = 20_000;
const FIRST_DELAY_MS: Readonly<Record<RetryErrorInfo["errorType"], number>> = {
  TRANSIENT: 100,
  SERVER_ERROR: 100,
  THROTTLING: 500,
  CLIENT_ERROR: 0,
};

const token = (count: number): RetryToken => ({ getRetryCount: () => count, getRetryDelay: () => 0 });

/**
 * The SDK's standard retries with the pauses of the chance in force: its own strategy waits by the machine's timers, and draws its jitter where no
 * seed decides. It gives up what no further try is left for, as that one does, by throwing.
 */
export const virtualRetries = {
  mode: "standard",
  acquireInitialRetryToken: async () => token(0),
  async refreshRetryTokenForRetry(before: RetryToken, { errorType }: RetryErrorInfo): Promise<RetryToken> {
    const count = before.getRetryCount();
    const mayHelp = errorType === "TRANSIENT" || errorType === "THROTTLING";
    if (!mayHelp || count + 1 >= MOST_ATTEMPTS) throw new Error("No retry token available");
    const { fraction, pause } = chance();
    await pause(fraction() * Math.min(MOST_DELAY_MS, FIRST_DELAY_MS[errorType] * 2 ** count));
    return token(count + 1);
  },
  recordSuccess() {},
};
