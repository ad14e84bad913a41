import { describe, expect, test } from "vitest";
import { nightly, release } from "../testing/sample-tasks.ts";
import { scriptBench } from "../testing/script-bench.ts";

describe("publish-docker-images.sh", () => {
  async function callsOf(env: Record<string, string>, published: readonly string[]) {
    await using bench = await scriptBench();
    await bench.play("aws", `echo '{"username":"somebody","password":"secret"}'`);
    await bench.play("docker", "cat >/dev/null");
    const packageName = env.IS_NIGHTLY === "true" ? "hhvm-nightly" : "hhvm";
    const file = `${packageName}_${env.VERSION}-1~focal_amd64.deb`;
    await bench.put("hhvm-downloads", `ubuntu/pool/main/h/${packageName}/${file}`, "package");
    for (const version of published) await bench.put("hhvm-downloads", `source/hhvm-${version}.tar.gz`, "source");
    const platforms = "ubuntu-18.04-bionic ubuntu-20.04-focal debian-11-bullseye";
    const { code, output } = await bench.run("publish-docker-images.sh", { ...env, PLATFORMS: platforms });
    expect(code, output).toBe(0);
    const calls = await bench.calls();
    expect(calls.join("\n")).not.toContain("secret ");
    return calls;
  }

  async function pushedTags(env: Record<string, string>, published: readonly string[]) {
    const calls = await callsOf(env, published);
    return calls.flatMap((call) => call.match(/^docker push --quiet hhvm\/hhvm:(.*)$/)?.slice(1) ?? []);
  }

  test.each([
    [undefined, "hhvm/docker-hub"],
    ["canary-", "canary-hhvm/docker-hub"],
  ])("with the prefix %j the password is that of %s", async (prefix, secret) => {
    const calls = await callsOf({ ...release, ...(prefix && { SECRET_PREFIX: prefix }) }, []);
    expect(calls).toContain(
      `aws secretsmanager get-secret-value --secret-id ${secret} --query SecretString --output text`,
    );
  });

  test("the newest release is also the latest of its series and of all", async () => {
    expect(await pushedTags(release, ["4.28.1", "4.28.2", "4.9.0"])).toEqual(["4.28.2", "4.28-latest", "latest"]);
  });

  test("a fix of an older series becomes the latest of that series alone", async () => {
    expect(await pushedTags(release, ["4.28.1", "4.28.2", "4.100.0"])).toEqual(["4.28.2", "4.28-latest"]);
  });

  test("a nightly is the nightly", async () => {
    expect(await pushedTags(nightly, [])).toEqual(["2026.11.24", "nightly"]);
  });
});
