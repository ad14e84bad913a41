import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { updateComment } from "./update-comment.ts";

interface Comment {
  id: number;
  body: string;
}

/** As much of GitHub as comments need. */
async function gitHub(comments: Comment[], { refuse = false } = {}) {
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://localhost");
    let text = "";
    for await (const chunk of request) text += chunk;
    const answer = (status: number, content: unknown) => response.writeHead(status).end(JSON.stringify(content));
    if (refuse || request.headers.authorization !== "Bearer t") return answer(403, {});
    const page = Number(searchParams.get("page")) - 1;
    const id = /comments\/(\d+)$/.exec(pathname)?.[1];
    if (request.method === "GET") return answer(200, comments.slice(page * 100, page * 100 + 100));
    const { body } = JSON.parse(text) as Comment;
    const known = comments.find((comment) => comment.id === Number(id));
    if (known) known.body = body;
    else comments.push({ id: comments.length + 1, body });
    return answer(200, {});
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const place = {
    api: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    repository: "o/r",
    pullRequest: 7,
    token: "t",
  };
  return { place, comments, [Symbol.asyncDispose]: async () => void server.close() };
}

test("a plan's comment is written once, and updated in place after that", async () => {
  await using hub = await gitHub([{ id: 1, body: "nice" }]);
  expect(await updateComment("<!-- m -->\nfirst", "<!-- m -->", hub.place)).toBe("created");
  expect(await updateComment("<!-- m -->\nsecond", "<!-- m -->", hub.place)).toBe("updated");
  expect(hub.comments.map(({ body }) => body)).toEqual(["nice", "<!-- m -->\nsecond"]);
});

test("it is found behind a hundred other comments", async () => {
  const comments = Array.from({ length: 130 }, (_, index) => ({
    id: index + 1,
    body: index === 120 ? "<!-- m -->" : "talk",
  }));
  await using hub = await gitHub(comments);
  expect(await updateComment("<!-- m -->\nnew", "<!-- m -->", hub.place)).toBe("updated");
  expect(hub.comments[120]?.body).toBe("<!-- m -->\nnew");
});

test("GitHub's refusal is one line with the remedy", async () => {
  await using hub = await gitHub([], { refuse: true });
  await expect(updateComment("x", "x", hub.place)).rejects.toMatchObject({
    message: "GitHub answered GET /repos/o/r/issues/7/comments with 403",
    hint: "the workflow's token needs pull-requests: write",
  });
});
