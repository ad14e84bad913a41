import { command } from "../command.ts";

export default command({
  name: "doctor",
  summary: "Look at all that commands rely on here and on the stage, and say what to mend",
  args: {},
  examples: ["doctor", "doctor --stage production"],
  run: async (_values, context) => (await import("../doctor/show-doctor.ts")).showDoctor(context),
});
