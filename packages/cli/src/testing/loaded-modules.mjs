import { writeSync } from "node:fs";
import { registerHooks } from "node:module";

// Loaded into a program: says on descriptor 3, line by line, which modules it loads.
registerHooks({
  load(url, context, next) {
    writeSync(3, `${url}\n`);
    return next(url, context);
  },
});
