import type { ClientConfig } from "@muster/local";

/** What services are called where requests are signed for them. */
export type Scope = "s3" | "states" | "ec2" | "logs" | "events" | "cloudfront" | "servicequotas";

/**
 * Steps of the SDK on which nothing depends that a world shows: they look up where a service is, choose how to sign and sign, name the program that
 * calls, warn, measure and log. Left are those that serialise, repeat and deserialise.
 */
const LEFT_OUT = [
  "loggerMiddleware",
  "recursionDetectionMiddleware",
  "getUserAgentMiddleware",
  "hostHeaderMiddleware",
  "endpointV2Middleware",
  "httpAuthSchemeMiddleware",
  "httpSigningMiddleware",
  "validateBucketNameMiddleware",
  "regionRedirectMiddleware",
  "regionRedirectEndpointMiddleware",
  "bucketEndpointMiddleware",
  "s3ExpressMiddleware",
  "addExpectContinueMiddleware",
  "ssecMiddleware",
  "s3ExpiresMiddleware",
  "getCheckContentLengthHeaderPlugin",
];

/** Digests of bodies, which S3 insists on in calls that delete many objects, and in no other. */
const DIGESTS = [
  "flexibleChecksumsInputMiddleware",
  "flexibleChecksumsMiddleware",
  "flexibleChecksumsResponseMiddleware",
];
const WITH_DIGESTS = "DeleteObjectsCommand";

interface Request {
  path: string;
  readonly headers: Record<string, string>;
}
interface Call {
  readonly input: { readonly Bucket?: string };
  readonly request: Request;
}
type Next = (call: Call) => Promise<unknown>;
type Step = (next: Next) => Next;

interface Context {
  readonly commandName?: string;
}

interface Steps {
  remove(name: string): boolean;
  add(step: Step, options: { readonly step: "build" | "finalizeRequest"; readonly name: string }): void;
  concat(from: never): Steps;
  resolve(handler: never, context: Context): unknown;
}

/**
 * Takes a client of the SDK off the long way that a call goes: most of what a call costs is made there, of what only matters between machines.
 * Requests, answers and errors are the same ones. Who calls is named as by a signature, and nothing is signed: nobody here would check it. What the
 * SDK learns of a clock that is wrong it learns where it signs, of this machine's clock, and not of those that are played.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function onShortWay<Client extends { readonly middlewareStack: unknown }>(
  client: Client,
  { credentials, region }: Pick<ClientConfig, "credentials" | "region">,
  scope: Scope,
): Client {
  const steps = client.middlewareStack as unknown as Steps;
  const concat = steps.concat.bind(steps);
  // The day is the same for all, so that the same call is the same bytes.
  const credential = `${credentials.accessKeyId}/20260101/${region}/${scope}/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0`;
  if (scope === "s3") steps.add(underItsBucket, { step: "build", name: "underItsBucket" });
  steps.add(named(authorization), { step: "finalizeRequest", name: "named" });
  steps.concat = (from) => {
    const whole = concat(from);
    const resolve = whole.resolve.bind(whole);
    whole.resolve = (handler, context) => {
      for (const name of LEFT_OUT) whole.remove(name);
      if (context.commandName !== WITH_DIGESTS) for (const name of DIGESTS) whole.remove(name);
      return resolve(handler, context);
    };
    return whole;
  };
  return client;
}

const named =
  (authorization: string): Step =>
  (next) =>
  (call) => {
    call.request.headers.authorization = authorization;
    return next(call);
  };

/** As the rules of S3's endpoint have it where buckets are no hosts of their own. */
const underItsBucket: Step = (next) => (call) => {
  const { input, request } = call;
  if (input.Bucket !== undefined) request.path = `/${input.Bucket}${request.path}`;
  return next(call);
};
