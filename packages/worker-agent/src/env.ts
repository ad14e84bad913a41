import { tmpdir } from "node:os";
import { InvalidConfigurationError, WorkerEnvironment } from "@muster/pipeline";
import { SYSTEM_PATH } from "./system-path.ts";

/** What the agent knows from the variables it was started with. */
export interface AgentEnvironment {
  readonly worker: WorkerEnvironment;
  /** What every script gets, beside its task's own variables. */
  readonly scripts: Readonly<Record<string, string>>;
  /** What `init` sees as shell variables; it exports those that tasks shall have. */
  readonly init: Readonly<Record<string, string>>;
  /** Where the machine learns who it is. */
  readonly metadataUrl: string;
  readonly temporaryFolder: string;
  /** AWS is one address for all services, as the local stage is. */
  readonly hasOneEndpoint: boolean;
}

/** Variables that reach scripts as they are: the machine's, and where AWS is. */
const SCRIPT_VARIABLES = [
  "PATH",
  "HOME",
  "LANG",
  "AWS_REGION",
  "AWS_ENDPOINT_URL",
  // A stage on one machine keeps its user's own profiles from scripts.
  "AWS_CONFIG_FILE",
  "AWS_SHARED_CREDENTIALS_FILE",
  "AWS_EC2_METADATA_SERVICE_ENDPOINT",
  // What the stage puts before the names that the definition chose.
  "SECRET_PREFIX",
  "IMAGE_PREFIX",
  "VOLUME_PREFIX",
  // How long the dummy script of fake builds takes.
  "MUSTER_DUMMY_SECONDS",
] as const;

/** Scripts ask the metadata service for credentials of their own: none is handed down. */
const CREDENTIALS = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];

/**
 * Reads the process's environment, once.
 * @throws InvalidConfigurationError naming every variable that is missing or wrong
 */
export function readEnvironment(variables: NodeJS.ProcessEnv = process.env): AgentEnvironment {
  const present = Object.fromEntries(
    Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const worker = WorkerEnvironment.safeParse(present);
  if (!worker.success) {
    const problems = worker.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    throw new InvalidConfigurationError(`this worker's environment is incomplete: ${problems.join("; ")}`, {
      hint: "the variables come from the user data; see renderUserData",
    });
  }
  const scripts: Record<string, string> = {
    PATH: SYSTEM_PATH,
    HOME: "/",
    LANG: "C.UTF-8",
    AWS_DEFAULT_REGION: worker.data.AWS_REGION,
  };
  for (const name of SCRIPT_VARIABLES) {
    const value = present[name];
    if (value !== undefined) scripts[name] = value;
  }
  return {
    worker: worker.data,
    scripts,
    init: Object.fromEntries(Object.entries(present).filter(([name]) => !CREDENTIALS.includes(name))),
    metadataUrl: present.AWS_EC2_METADATA_SERVICE_ENDPOINT ?? "http://169.254.169.254",
    temporaryFolder: present.TMPDIR ?? tmpdir(),
    hasOneEndpoint: present.AWS_ENDPOINT_URL !== undefined,
  };
}
