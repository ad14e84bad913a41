import { slack, sns } from "@muster/pipeline";
import { examplePipeline } from "./example-pipeline.ts";

/** What bundles of the tests are made for. */
export default examplePipeline({
  notifies: [slack({ name: "chat", webhook: "chat-url" }), sns({ name: "ends" })],
});
