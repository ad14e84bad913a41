import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { evaluate, ref } from "../../testing/references.ts";
import { everything, stage, usual } from "../../testing/sample-stages.ts";
import { type Resource, type SynthesisedStack, synthStage } from "../../testing/synth-stage.ts";

const withoutDomain = await synthStage(stage("test", usual("hhvm")));
const withDomain = await synthStage(stage("test", everything("hhvm")));

/** What the deployed function makes of a request. */
function answer(stack: SynthesisedStack, uri: string, tls?: string): { uri?: string; statusCode?: number } {
  const code = evaluate(String(stack.resource.aws_cloudfront_function?.edge_folder_pages?.code), stack);
  const headers =
    tls === undefined ? {} : { "cloudfront-viewer-tls": { value: `${tls}:ECDHE-RSA-AES128-SHA:fullHandshake` } };
  return runInNewContext(`${code}; handler(event)`, { event: { request: { uri, headers } } });
}

test("a folder is answered with its page, a file with itself", () => {
  for (const stack of [withDomain, withoutDomain]) {
    expect(answer(stack, "/debian/", "TLSv1.3")).toMatchObject({ uri: "/debian/index.html" });
    expect(answer(stack, "/debian/dists/bookworm/InRelease")).toMatchObject({
      uri: "/debian/dists/bookworm/InRelease",
    });
  }
});

test.each(["SSLv3", "TLSv1", "TLSv1.1"])("without a domain of the stage's own, nothing is served by %s", (tls) => {
  expect(answer(withoutDomain, "/source/hhvm-4.28.2.tar.gz", tls)).toMatchObject({ statusCode: 403 });
});

test.each(["TLSv1.2", "TLSv1.3"])("%s is served", (tls) => {
  expect(answer(withoutDomain, "/source/hhvm-4.28.2.tar.gz", tls).statusCode).toBeUndefined();
});

test("the function is told of the TLS version in every behaviour, where it has to look at it", () => {
  const behaviours = (stack: SynthesisedStack): Resource[] => {
    const { default_cache_behavior, ordered_cache_behavior } = stack.resource.aws_cloudfront_distribution?.edge ?? {};
    return [default_cache_behavior, ...(ordered_cache_behavior as Resource[])] as Resource[];
  };
  for (const { origin_request_policy_id } of behaviours(withoutDomain))
    expect(origin_request_policy_id).toBe(ref("aws_cloudfront_origin_request_policy.edge_tls_header.id"));
  expect(JSON.stringify(withoutDomain.resource.aws_cloudfront_origin_request_policy)).toContain(
    "CloudFront-Viewer-TLS",
  );
  // A certificate of the stage's own brings a choice of TLS versions.
  for (const behaviour of behaviours(withDomain)) expect(behaviour).not.toHaveProperty("origin_request_policy_id");
  expect(withDomain.resource.aws_cloudfront_distribution?.edge?.viewer_certificate).toMatchObject({
    minimum_protocol_version: "TLSv1.2_2021",
  });
});
