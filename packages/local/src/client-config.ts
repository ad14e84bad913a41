import type { RequestHandler } from "./request-handler.ts";

/** What an SDK client needs to talk to this AWS in process: `new S3Client(aws.clientConfig())`. */
export interface ClientConfig {
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly endpoint: string;
  readonly requestHandler: RequestHandler;
}
