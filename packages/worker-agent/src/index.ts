export type { AgentArchive, AgentArchives, WriteAgentArchives } from "../bundle/write-agent-archives.ts";
export { agentProgram } from "./agent-program.ts";
export { ec2Bootstrap } from "./machine/ec2-bootstrap.ts";
export { quoteForShell } from "./machine/quote-for-shell.ts";
export { removeFolder } from "./machine/remove-folder.ts";
export { localBootstrap, MAX_USER_DATA_BYTES, renderUserData, type UserDataOptions } from "./machine/user-data.ts";
export { checkScriptFiles, type ScriptFindings } from "./script/check-script-files.ts";
export type { ScriptFinding } from "./script/script-finding.ts";
export { SYSTEM_PATH } from "./system-path.ts";
