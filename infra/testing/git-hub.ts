import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface Comment {
  id: number;
  body: string;
  user: { login: string };
}

export interface GitHubContent {
  readonly comments?: Comment[];
  /** What GET answers below the repository, by path. */
  readonly answers?: Readonly<Record<string, unknown>>;
  readonly refuse?: boolean;
}

/** As much of GitHub as reviews need: comments of pull request 7 of `o/r`, written as workflows write them, and answers to other questions. */
export async function gitHub({ comments = [], answers = {}, refuse = false }: GitHubContent = {}) {
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://localhost");
    let text = "";
    for await (const chunk of request) text += chunk;
    const answer = (status: number, content: unknown) => response.writeHead(status).end(JSON.stringify(content));
    if (refuse || request.headers.authorization !== "Bearer t") return answer(403, {});
    const path = pathname.replace(/^\/repos\/o\/r/, "");
    if (request.method === "GET") {
      const page = Number(searchParams.get("page")) - 1;
      if (path === "/issues/7/comments") return answer(200, comments.slice(page * 100, page * 100 + 100));
      return path in answers ? answer(200, answers[path]) : answer(404, {});
    }
    const { body } = JSON.parse(text) as { body: string };
    const id = Number(/^\/issues\/comments\/(\d+)$/.exec(path)?.[1]);
    const known = comments.find((comment) => comment.id === id);
    if (known) known.body = body;
    else comments.push({ id: comments.length + 1, body, user: { login: "github-actions[bot]" } });
    return answer(200, {});
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    place: { api, repository: "o/r", pullRequest: 7, token: "t" },
    comments,
    [Symbol.asyncDispose]: async () => void server.close(),
  };
}
