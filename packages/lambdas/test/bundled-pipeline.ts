import { examplePipeline } from "./example-pipeline.ts";

/** What bundles of the tests are made for. */
export default examplePipeline();
