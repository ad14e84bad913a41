import { SNSClient, type SNSClientConfig } from "@aws-sdk/client-sns";

/** A client of Amazon SNS whose calls reach nobody: who made them is all that counts. */
export function recordedSns({ onPublish, ...config }: SNSClientConfig & { readonly onPublish: () => void }): SNSClient {
  const sns = new SNSClient(config);
  sns.middlewareStack.add(
    () => async () => {
      onPublish();
      return { response: {}, output: { MessageId: "recorded", $metadata: {} } };
    },
    { step: "initialize" },
  );
  return sns;
}
