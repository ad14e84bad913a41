import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const dummy = (seconds: string) =>
  spawnSync("bash", [join(import.meta.dirname, "dummy-task.sh")], {
    encoding: "utf8",
    env: { PATH: "/usr/bin:/bin", VERSION: "1.2.3", DISTRO: "debian-12-bookworm", MUSTER_DUMMY_SECONDS: seconds },
  });

test("it sleeps as long as it is told, and says so", () => {
  const { status, stdout } = dummy("0");
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout: "dummy task for 1.2.3 on debian-12-bookworm: sleeping 0 s\n",
  });
});

test("a range gives a time within it", () => {
  expect(dummy("0-1").stdout).toMatch(/: sleeping [01] s\n$/);
});

test.for(["soon", "5-1", "-1", "1;ls"])("%s is refused by name", (seconds) => {
  const { status, stderr } = dummy(seconds);
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: `MUSTER_DUMMY_SECONDS=${seconds} is neither seconds nor a range of them such as 10-40\n`,
  });
});
