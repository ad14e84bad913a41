import type { Activity, FunctionName } from "@muster/pipeline";
import { beforeAll, describe, expect, test } from "vitest";
import {
  type DeployedStage,
  deployed,
  type IamRequest,
  INSTANCE,
  launchContext,
  stageTags,
} from "../../testing/iam-requests.ts";
import { stage, usual } from "../../testing/sample-stages.ts";
import { scriptRequests } from "../../testing/script-requests.ts";
import { decide, isAllowed, statementsOf } from "../../testing/simulate.ts";
import { loadSample } from "../../testing/synth-stage.ts";
import { resourcePolicy, whoMay } from "../../testing/who-may.ts";
import type { Statement } from "../iam/policy.ts";
import { resourceNames } from "../stage-scope.ts";
import type { Stage } from "../stage-settings.ts";

describe("what is forbidden is denied", () => {
  let at: DeployedStage;
  let make: Activity;
  let publish: Activity;
  beforeAll(async () => {
    const { pipeline, stack, made } = await loadSample(stage("test", usual("hhvm")));
    at = deployed(made, pipeline, stack);
    const named = (name: string) => pipeline.activities.find((activity) => activity.name === name) as Activity;
    make = named("MakeBinaryPackage");
    publish = named("PublishSourceTarball");
  });
  const worker = (activity: Activity) => statementsOf(at.stack, `${activity.name}_worker`);
  const ofInstance = (id: string) => ({
    "ec2:InstanceID": id,
    "ec2:SourceInstanceARN": at.names.arn("ec2", `instance/${INSTANCE}`),
    "aws:ResourceTag/muster:stage": "test",
    "aws:ResourceTag/muster:pipeline": "hhvm",
  });
  const allowed = async (statements: readonly Statement[], requests: readonly IamRequest[]) => {
    const answers = await Promise.all(requests.map((request) => isAllowed({ statements, request })));
    return requests.filter((_, index) => answers[index]).map(({ action, resource }) => `${action} ${resource}`);
  };
  const denied = (statements: readonly Statement[], requests: readonly IamRequest[]) =>
    Promise.all(requests.map((request) => isAllowed({ statements, request }))).then((all) => !all.includes(true));

  test("one activity's worker polls for no other", async () => {
    for (const activity of at.pipeline.activities) {
      const others = at.pipeline.activities.filter((other) => other !== activity);
      const requests = others.map((other) => ({
        action: "states:GetActivityTask",
        resource: at.names.activityArn(other),
      }));
      expect(await denied(worker(activity), requests), activity.name).toBe(true);
    }
  });

  test("a worker writes only where its definition says", async () => {
    const put = (role: "scratch" | "downloads" | "assets" | "state", key: string) => ({
      action: "s3:PutObject",
      resource: `${at.names.bucketArn(role)}/${key}`,
    });
    expect(
      await denied(worker(make), [
        put("downloads", "index.html"),
        put("downloads", "ubuntu/dists/focal/InRelease"),
        // What shows that it is published is another activity's to write.
        put("downloads", "ubuntu/pool/main/h/hhvm/hhvm_4.28.2-1~focal_amd64.deb"),
        put("scratch", "hhvm-4.28.2.tar.gz"),
        put("assets", make.script),
        put("state", `claims/${publish.name}/${INSTANCE}.json`),
        put("state", `attempts/${publish.name}/some-build/${publish.name}-4.28.2/1_${INSTANCE}.json`),
        // Where all activities' records lay once.
        put("state", `attempts/some-build/${make.name}-4.28.2-debian-11-bullseye/1_${INSTANCE}.json`),
        put("state", `launches/${make.name}/1.json`),
        put("state", "leases/repair/all.json"),
        put("state", "executions/some-build/done.json"),
        put("state", "reaper/marks.json"),
      ]),
    ).toBe(true);
    expect(await denied(worker(publish), [put("downloads", "debian/pool/main/h/hhvm/hhvm_1.deb")])).toBe(true);
  });

  test.each(["hhvm", "muster"])("what one activity's scripts of %s write is closed to the others", async (pipeline) => {
    const sample = await loadSample(stage("test", usual(pipeline)));
    const of = deployed(sample.made, sample.pipeline, sample.stack);
    const written = of.pipeline.activities.map((activity) => ({
      activity,
      puts: scriptRequests(activity, of).filter(({ action }) => action === "s3:PutObject"),
    }));
    expect(written.filter(({ puts }) => puts.length > 0).length).toBeGreaterThan(3);
    for (const { activity, puts } of written) {
      const own = new Set(puts.map(({ resource }) => resource));
      const others = written.flatMap((other) => other.puts).filter(({ resource }) => !own.has(resource));
      expect(await allowed(statementsOf(of.stack, `${activity.name}_worker`), others), activity.name).toEqual([]);
    }
  });

  test("a worker removes nothing where its definition names nothing to remove", async () => {
    const remove = (role: "scratch" | "downloads" | "state", key: string) => ({
      action: "s3:DeleteObject",
      resource: `${at.names.bucketArn(role)}/${key}`,
    });
    for (const request of [
      remove("downloads", "ubuntu/dists/focal/InRelease"),
      remove("scratch", "4.28.2/ubuntu-20.04-focal/hhvm_4.28.2-1~focal_amd64.deb"),
      remove("scratch", "hhvm-4.28.2.tar.gz"),
      remove("state", "attempts/MakeBinaryPackage/some-build/some-task/1.json"),
      remove("state", "leases/exclusive/PublishBinaryPackages.json"),
    ])
      expect(await whoMay(at, request), request.resource).toEqual([]);
    // By what takes a version back.
    const pool = remove("downloads", "ubuntu/pool/main/h/hhvm/hhvm_4.28.2-1~focal_amd64.deb");
    expect(await whoMay(at, pool)).toEqual(["PublishBinaryPackages_worker"]);
    const tarball = remove("downloads", "source/hhvm-4.28.2.tar.gz");
    expect(await whoMay(at, tarball)).toEqual(["PublishSourceTarball_worker"]);
  });

  test("nobody but repair reads a claim, which holds a token", async () => {
    const request = {
      action: "s3:GetObject",
      resource: `${at.names.bucketArn("state")}/claims/${make.name}/${INSTANCE}.json`,
    };
    expect((await whoMay(at, request)).sort()).toEqual(["HealthCheck", "PrepareActivity", "Reap", "Repair"]);
  });

  test("a worker launches, ends and tags no machine but itself", async () => {
    const { template, subnets, group, image } = launchContext(make, at);
    const instance = (id: string) => at.names.arn("ec2", `instance/${id}`);
    const other = "i-0fedcba9876543210";
    const run = [instance("*"), template, ...subnets, group, image].map((resource) => ({
      action: "ec2:RunInstances",
      resource,
      context: { "ec2:LaunchTemplate": template },
    }));
    for (const activity of at.pipeline.activities) {
      expect(
        await denied(worker(activity), [
          ...run,
          { action: "ec2:CreateFleet", resource: at.names.arn("ec2", "fleet/*") },
          { action: "ec2:TerminateInstances", resource: instance(other), context: ofInstance(other) },
          { action: "ec2:TerminateInstances", resource: instance(INSTANCE), context: ofInstance(INSTANCE) },
          { action: "ec2:StopInstances", resource: instance(other), context: ofInstance(other) },
          { action: "ec2:CreateTags", resource: instance(other), context: ofInstance(other) },
        ]),
        activity.name,
      ).toBe(true);
    }
  });

  test("Step Functions, Scheduler and flow logs use what is theirs alone", async () => {
    const lambda = (name: FunctionName, qualifier: string) => ({
      action: "lambda:InvokeFunction",
      resource: at.names.arn("lambda", `function:${at.names.lambda(name)}:${qualifier}`),
    });
    const start = (machine: string) => ({
      action: "states:StartExecution",
      resource: at.names.arn("states", `stateMachine:${machine}`),
    });
    const write = (group: string) => ({
      action: "logs:PutLogEvents",
      resource: at.names.arn("logs", `log-group:${group}:log-stream:any`),
    });
    // Who repairs, reaps and answers questions is called by events, by a schedule, by people.
    const outside = [lambda("Repair", "12"), lambda("Reap", "live"), lambda("BuildStatus", "live")];
    const theirs: Record<string, IamRequest[]> = {
      state_machine: [...outside, start("another"), write("/muster/test/network")],
      scheduler: [
        lambda("PrepareActivity", "live"),
        lambda("Repair", "live"),
        start("another"),
        write("/muster/test/network"),
      ],
      flow_log: [write("/muster/test/hhvm/make-binary-package"), lambda("Reap", "live")],
    };
    for (const [role, requests] of Object.entries(theirs))
      expect(await allowed(statementsOf(at.stack, role), requests), role).toEqual([]);
  });

  test("only the reaper ends machines, and only this stage's workers", async () => {
    const resource = at.names.arn("ec2", `instance/${INSTANCE}`);
    const ours = { action: "ec2:TerminateInstances", resource, context: ofInstance(INSTANCE) };
    expect(await whoMay(at, ours)).toEqual(["Reap"]);
    const foreign = {
      ...ours,
      context: { "aws:ResourceTag/muster:stage": "other", "aws:ResourceTag/muster:pipeline": "hhvm" },
    };
    expect(await denied(statementsOf(at.stack, "Reap"), [foreign])).toBe(true);
  });

  test("machines are launched from this stage's templates only, with this stage's roles and tags", async () => {
    const statements = statementsOf(at.stack, "PrepareActivity");
    const { template, tags } = launchContext(make, at);
    const instance = at.names.arn("ec2", "instance/*");
    const foreignTemplate = at.names.arn("ec2", "launch-template/lt-0000000000000dead");
    const canary = { ...at.stage, name: "hhvm-canary" };
    const ofCanary = resourceNames(canary, at.pipeline);
    const useOf = (resource: string, context = {}) =>
      ["ec2:CreateFleet", "ec2:RunInstances"].map((action) => ({
        action,
        resource,
        context: { "ec2:LaunchTemplate": resource, ...context },
      }));
    expect(
      await denied(statements, [
        { action: "ec2:RunInstances", resource: instance },
        ...useOf(foreignTemplate),
        ...useOf(foreignTemplate, stageTags({ stage: canary, pipeline: at.pipeline })),
        ...useOf(template, stageTags({ stage: at.stage, pipeline: { ...at.pipeline, name: "muster" } })),
        {
          action: "ec2:RunInstances",
          resource: at.names.arn("ec2", "subnet/subnet-0000000000000dead"),
          context: { "ec2:LaunchTemplate": template },
        },
        { action: "ec2:CreateTags", resource: instance, context: tags },
        {
          action: "ec2:CreateTags",
          resource: instance,
          context: {
            "ec2:CreateAction": "RunInstances",
            "aws:RequestTag/muster:stage": "other",
            "aws:RequestTag/muster:pipeline": "hhvm",
          },
        },
        {
          action: "iam:PassRole",
          resource: "arn:aws:iam::111122223333:role/admin",
          context: { "iam:PassedToService": "ec2.amazonaws.com" },
        },
        {
          action: "iam:PassRole",
          resource: `arn:aws:iam::111122223333:role${at.names.workerRolePath}${at.names.workerRole(make)}`,
          context: { "iam:PassedToService": "lambda.amazonaws.com" },
        },
        {
          action: "iam:PassRole",
          resource: `arn:aws:iam::111122223333:role${ofCanary.workerRolePath}${ofCanary.workerRole(make)}`,
          context: { "iam:PassedToService": "ec2.amazonaws.com" },
        },
        {
          action: "iam:PassRole",
          resource: `arn:aws:iam::111122223333:role/muster/${at.names.lambda("Reap")}`,
          context: { "iam:PassedToService": "ec2.amazonaws.com" },
        },
      ]),
    ).toBe(true);
  });

  test("a stage whose name begins another's takes none of its tasks", async () => {
    const { pipeline, stack, made } = await loadSample(stage("hhvm", usual("hhvm")));
    const canary = { ...made, name: "hhvm-canary" };
    const request = (of: Stage) => ({
      action: "states:GetActivityTask",
      resource: resourceNames(of, pipeline).activityArn(make),
      context: stageTags({ stage: of, pipeline }),
    });
    const own = await whoMay(deployed(made, pipeline, stack), request(made));
    expect(own.sort()).toEqual(["HealthCheck", "MakeBinaryPackage_worker", "PrepareActivity", "Repair"]);
    expect(await whoMay(deployed(made, pipeline, stack), request(canary))).toEqual([]);
  });

  test("an image is resolved also for builds that began with another of its publisher, and no other parameter is read", async () => {
    const resolve = (path: string) => ({
      action: "ssm:GetParameters",
      resource: at.names.arn("ssm", `parameter${path}`, path.startsWith("/aws/service/") ? { account: "" } : {}),
    });
    const earlier = resolve("/aws/service/canonical/ubuntu/server/22.04/stable/current/amd64/hvm/ebs-gp2/ami-id");
    for (const name of ["PrepareActivity", "HealthCheck", "Repair"] as const) {
      const statements = statementsOf(at.stack, name);
      expect(await isAllowed({ statements, request: earlier }), name).toBe(true);
      expect(
        await denied(statements, [
          resolve("/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"),
          resolve("/muster/test/description"),
          resolve("/database/password"),
        ]),
        name,
      ).toBe(true);
    }
  });

  test("buckets refuse whatever does not come over TLS", async () => {
    for (const role of ["assets", "scratch", "downloads", "state"] as const) {
      const resource = `${at.names.bucketArn(role)}/some/key`;
      const ofBucket = resourcePolicy(at, "aws_s3_bucket_policy", `${role}_bucket_policy`);
      const statements: Statement[] = [{ Sid: "All", Effect: "Allow", Action: ["s3:GetObject"], Resource: ["*"] }];
      const ask = (secure: string) =>
        decide({
          statements,
          request: {
            action: "s3:GetObject",
            resource,
            context: { "aws:SecureTransport": secure, "s3:TlsVersion": "1.3" },
          },
          resourcePolicy: ofBucket,
        });
      expect(await ask("false"), role).toBe("ExplicitlyDenied");
      expect(await ask("true"), role).toBe("Allowed");
    }
  });
});
