import type { Resources } from "../src/resources.ts";

/** ARNs as they look, of an account that nobody has. */
export const exampleResources: Resources = {
  functionArn: (name) => `arn:aws:lambda:us-west-2:000000000000:function:${name}`,
  activityArn: (name) => `arn:aws:states:us-west-2:000000000000:activity:${name}`,
};
