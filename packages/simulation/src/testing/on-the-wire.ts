import type { Wrap } from "../world/sabotage.ts";

type Handler = Parameters<Wrap>[0];
export type Request = Parameters<Handler["handle"]>[0];
export type Answer = Awaited<ReturnType<Handler["handle"]>>;

/** Whether it is a call of this operation of a service that speaks AWS's JSON. */
export const isFor = ({ headers }: Request, operation: string): boolean =>
  Object.entries(headers).some(
    ([name, value]) => name.toLowerCase() === "x-amz-target" && value.endsWith(`.${operation}`),
  );

/** Whether it is a call of this operation of EC2. */
export const isEc2 = ({ body }: Request, operation: string): boolean =>
  typeof body === "string" && body.includes(`Action=${operation}&`);

/** An answer that no service gave. */
export const answer = (text: string, statusCode = 200, headers: Record<string, string> = {}): Answer =>
  ({
    response: {
      statusCode,
      headers: { "content-type": "application/x-amz-json-1.0", ...headers },
      body: Buffer.from(text),
    },
  }) as unknown as Answer;

/** Requests go on as `change` leaves them. */
export const changing =
  (change: (request: Request) => void): Wrap =>
  (inner) => ({
    ...inner,
    handle(request, options) {
      change(request);
      return inner.handle(request, options);
    },
  });

/** Requests are answered by `handle`, which may let them go on. */
export const answering =
  (handle: (request: Request, go: () => Promise<Answer>) => Promise<Answer>): Wrap =>
  (inner) => ({
    ...inner,
    handle: (request, options) => handle(request, async () => inner.handle(request, options)),
  });

/** Puts another text in the place of a request's. */
export function rewrite(request: Request, change: (text: string) => string): void {
  const before = textOf(request.body);
  if (before === undefined) return;
  request.body = change(before);
  for (const name of Object.keys(request.headers))
    if (name.toLowerCase() === "content-length") request.headers[name] = String(Buffer.byteLength(request.body));
}

function textOf(body: unknown): string | undefined {
  if (typeof body === "string") return body;
  return body instanceof Uint8Array ? new TextDecoder().decode(body) : undefined;
}

/** Without these headers of it, as far as it has them. */
export function dropHeaders({ headers }: Request, names: RegExp): void {
  for (const name of Object.keys(headers)) if (names.test(name)) delete headers[name];
}
