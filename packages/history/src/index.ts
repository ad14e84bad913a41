// Stars instead of names: esbuild then reaches a module from who imports it and not by way of this file, so that a command which is split into
// chunks loads the page with what draws it, and not with a duration.
export * from "./approval-request.ts";
export * from "./build-history.ts";
export * from "./describe-step.ts";
export * from "./event-data.ts";
export * from "./format-duration.ts";
export * from "./page/html.ts";
export * from "./page/live-page.ts";
export * from "./page/live-script.ts";
export * from "./page/news.ts";
export * from "./page/page.ts";
export * from "./page/timeline.ts";
export * from "./shown-text.ts";
export * from "./step.ts";
