import { askNotify } from "@muster/lambdas";
import type { NotificationRequest, NotifyAnswer } from "@muster/pipeline";
import { UsageError } from "../../usage-error.ts";
import type { Stage } from "../stage.ts";
import type { LocalPlace } from "./local-place.ts";
import { notifiedHere } from "./notified-here.ts";
import { secretsManagerHere } from "./secrets-here.ts";
import { tellingLog } from "./tell-here.ts";

/**
 * Tells those whom it names, or those whom builds on this machine tell, with the secrets of whoever calls.
 * @throws UsageError where that is nobody
 */
export async function notifyHere(
  detail: NotificationRequest["detail"],
  { loaded, options }: LocalPlace,
  { description, s3, sfn }: Pick<Stage, "description" | "s3" | "sfn">,
): Promise<NotifyAnswer> {
  const { env, print } = options;
  const { pipeline } = loaded;
  const notifies = notifiedHere(pipeline, detail.targets?.join(",") ?? env.notify);
  if (Object.keys(notifies).length === 0) {
    const names = (pipeline.notifies ?? []).map(({ name }) => name).join(", ");
    throw new UsageError("builds on this machine tell nobody", {
      hint: `name whom to tell with --to (${names}), or with MUSTER_NOTIFY for builds too`,
    });
  }
  const { region } = description;
  const secretsManager = await secretsManagerHere(
    { region, endpoint: "http://127.0.0.1", credentials: { accessKeyId: "local", secretAccessKey: "local" } },
    env,
  );
  return askNotify(
    { "detail-type": "Muster Notification Request", detail: { ...detail, targets: Object.keys(notifies) } },
    {
      pipeline,
      stage: { ...description, notifies },
      clients: { s3: await s3(), sfn, secretsManager },
      log: tellingLog(print),
    },
  );
}
