import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import type { RunningInstance } from "@muster/local";
import { ec2Bootstrap } from "../src/machine/ec2-bootstrap.ts";
import { renderUserData } from "../src/machine/user-data.ts";
import { type TestStage, testStage } from "../testing/test-stage.ts";

/**
 * `unshare --net --mount node boot-machine.ts <root file system> <archive>`: an AWS of its own in a network of its own, whose one machine is
 * that root file system. Its metadata service has the address that it has on EC2. Prints what happened, as JSON.
 */
const [rootFileSystem = "", archive = ""] = process.argv.slice(2);
const METADATA_ADDRESS = "169.254.169.254";
const run = (command: string, ...words: string[]) =>
  execFileSync(command, words, { stdio: ["ignore", "ignore", "inherit"] });

run("ip", "link", "set", "lo", "up");
run("ip", "address", "add", `${METADATA_ADDRESS}/32`, "dev", "lo");

/** A machine that has not come so far by then tells what it wrote to its console. */
const PATIENCE_MS = 200_000;
const machine = { root: writableCopy(rootFileSystem), console: "" };
setTimeout(() => {
  process.stderr.write(`the machine has not processed its tasks and turned itself off:\n${machine.console}\n`);
  process.exit(1);
}, PATIENCE_MS);
let stage: TestStage | undefined;
stage = await testStage({ runInstance: (instance) => boot(instance) });
const userData = renderUserData({
  environment: {
    ...stage.environment,
    SCRIPT_URL: await asset(
      "script.sh",
      '#!/bin/bash\necho "built $VERSION on $(. /etc/os-release; echo "$ID")"\nexit "$CODE"\n',
    ),
    INIT_URL: await asset("init.sh", "cleanup() { echo cleaned >/cleaned; }\n"),
    DUMMY_SCRIPT_URL: await asset("dummy.sh", "#!/bin/sh\n"),
  },
  bootstrap: ec2Bootstrap({ archive: await asset("agent.tar.gz", readFileSync(archive)) }),
});
const good = await stage.publish({ env: { VERSION: "1.2.3", CODE: "0" } });
const instanceId = await stage.launch({ UserData: Buffer.from(userData).toString("base64") });
const first = await good.ended;
const second = await stage.runTask({ env: { VERSION: "1.2.4", CODE: "3" } });
const { code, power } = await stopped();
console.log(
  JSON.stringify({
    first,
    second,
    code,
    power,
    cleaned: readFileSync(join(machine.root, "cleaned"), "utf8"),
    lines: await stage.logLines(instanceId),
    instanceId,
    console: machine.console,
  }),
);
process.exit();

/** What the machine writes goes to memory, and is gone with this process's mounts. */
function writableCopy(lower: string): string {
  const place = mkdtempSync(join(tmpdir(), "muster-boot-"));
  run("mount", "-t", "tmpfs", "none", place);
  const [upper, work, root] = ["upper", "work", "root"].map((name) => join(place, name)) as [string, string, string];
  for (const folder of [upper, work, root]) mkdirSync(folder);
  run("mount", "-t", "overlay", "overlay", "-o", `lowerdir=${lower},upperdir=${upper},workdir=${work}`, root);
  run("mount", "--rbind", "/dev", join(root, "dev"));
  // Nothing here has power to switch off. Where there is systemd it is a link, which would be followed to this machine's own files.
  rmSync(join(root, "usr/sbin/shutdown"), { force: true });
  writeFileSync(join(root, "usr/sbin/shutdown"), '#!/bin/sh\necho "$*" >>/power\n', { mode: 0o755 });
  writeFileSync(join(root, "power"), "");
  return root;
}

async function asset(name: string, body: string | Buffer): Promise<string> {
  await stage?.s3.send(new CreateBucketCommand({ Bucket: "assets" })).catch(() => {});
  await stage?.s3.send(new PutObjectCommand({ Bucket: "assets", Key: name, Body: body }));
  return `s3://assets/${name}#sha256=${createHash("sha256").update(body).digest("hex")}`;
}

/** As cloud-init does: the user data, as root, with next to no environment. */
async function boot({ userData: text, metadataUrl }: RunningInstance): Promise<void> {
  const metadataPort = Number(new URL(metadataUrl).port);
  const metadata = createServer((socket) => {
    const service = connect(metadataPort, "127.0.0.1");
    socket.pipe(service).pipe(socket);
    for (const end of [socket, service]) end.on("error", () => end.destroy());
  });
  metadata.listen(80, METADATA_ADDRESS);
  await once(metadata, "listening");
  writeFileSync(join(machine.root, "user-data"), text);
  const words = ["--pid", "--fork", "--kill-child", "--mount", `--mount-proc=${machine.root}/proc`];
  const child = spawn("unshare", [...words, "chroot", machine.root, "/bin/bash", "/user-data"], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/root", AWS_ENDPOINT_URL: stage?.url },
  });
  for (const output of [child.stdout, child.stderr]) {
    output.setEncoding("utf8").on("data", (more: string) => {
      machine.console += more;
    });
  }
  const [exitCode] = await once(child, "close");
  writeFileSync(join(machine.root, "exit-code"), String(exitCode));
}

async function stopped(): Promise<{ code: string; power: string[] }> {
  for (;;) {
    try {
      const code = readFileSync(join(machine.root, "exit-code"), "utf8");
      return { code, power: readFileSync(join(machine.root, "power"), "utf8").trim().split("\n") };
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
