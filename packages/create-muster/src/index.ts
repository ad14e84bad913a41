export { type InitOptions, type InitReport, initRepository } from "./init-repository.ts";
export { type AskedFor, settle, type Terminal } from "./settle.ts";
export { type Shipped, shippedKinds } from "./shipped.ts";
export { tellReport } from "./tell-report.ts";
