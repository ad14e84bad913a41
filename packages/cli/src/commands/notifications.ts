import { flag, list, optional } from "../arguments.ts";
import { command } from "../command.ts";

export default command({
  name: "notifications",
  summary: "Show who was told that a build has ended; tell it again, or try out",
  args: {
    build: optional("The build's name, or the beginning of it (default: the latest)"),
    send: flag("Tell its end again, also whom it was told"),
    test: flag("Send a trial, which says that no build has ended"),
    to: list("name", "With --send or --test: this one only; may be given several times"),
  },
  examples: [
    "notifications",
    "notifications 4.28.2_alice --send --to team-chat",
    "notifications --test --stage production",
  ],
  run: async (values, context) =>
    (await import("../notifications/show-notifications.ts")).showNotifications(values, context),
});
