import { choice, filledList, filledText, kind, objectOf, oneOf } from "./field-schemas.ts";
import type { BuildEnd, Notification, Slack, Sns, Webhook } from "./notification.ts";

const when = filledList(
  'a list of ends: ["failed", "recovered"]',
  choice<BuildEnd>("an end of a build", {
    succeeded: true,
    recovered: true,
    failed: true,
    "timed-out": true,
    stopped: true,
  }),
);

/** What a definition may say of who is told. */
export const notification = oneOf<Notification>("a notification: webhook({ … }), slack({ … }) or sns({ … })", {
  webhook: objectOf<Webhook>("a notification", {
    required: { kind: kind("webhook"), name: filledText, url: filledText, secret: filledText },
    optional: { when },
  }),
  slack: objectOf<Slack>("a notification", {
    required: { kind: kind("slack"), name: filledText, webhook: filledText },
    optional: { when },
  }),
  sns: objectOf<Sns>("a notification", {
    required: { kind: kind("sns"), name: filledText },
    optional: { when, topic: filledText },
  }),
});
