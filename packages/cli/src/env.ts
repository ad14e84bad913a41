import { homedir, userInfo } from "node:os";
import { isAbsolute, join, resolve } from "node:path";

/** What the command takes from the environment of its process; read once, here alone. */
export interface Env {
  /** Where the user typed the command. */
  readonly cwd: string;
  readonly user: string;
  readonly home: string;
  /** MUSTER_STAGE */
  readonly stage: string | undefined;
  /** MUSTER_PIPELINE: name or file. */
  readonly pipeline: string | undefined;
  /** MUSTER_DIR: state of the local stage. */
  readonly stateDir: string | undefined;
  /** MUSTER_DUMMY_SECONDS: how long the tasks of fake builds take on the local stage: `2`, or a range such as `10-40`. */
  readonly dummySeconds: string | undefined;
  /** MUSTER_IDLE_SECONDS: how long a worker of the local stage waits for a task before it shuts down. */
  readonly idleSeconds: string | undefined;
  /** MUSTER_NOTIFY: whom of the pipeline's notifications a build on this machine tells, by name, apart by commas; `all`. Nobody where absent. */
  readonly notify: string | undefined;
  /** AWS_…: how the user signs in to AWS. */
  readonly aws: Readonly<Record<string, string>>;
  /** MUSTER_DEBUG: errors show their stack. */
  readonly debug: boolean;
  /** TERM=dumb: a terminal whose cursor cannot be moved. */
  readonly isDumbTerminal: boolean;
}

type Variables = Readonly<Record<string, string | undefined>>;

export function readEnv(variables: Variables = process.env): Env {
  return {
    cwd: typedIn(variables) ?? process.cwd(),
    user: variables.USER || variables.LOGNAME || loginName(),
    home: variables.HOME || homedir(),
    stage: variables.MUSTER_STAGE || undefined,
    pipeline: variables.MUSTER_PIPELINE || undefined,
    stateDir: variables.MUSTER_DIR || undefined,
    dummySeconds: variables.MUSTER_DUMMY_SECONDS || undefined,
    idleSeconds: variables.MUSTER_IDLE_SECONDS || undefined,
    notify: variables.MUSTER_NOTIFY || undefined,
    aws: Object.fromEntries(
      Object.entries(variables).filter(
        (entry): entry is [string, string] => entry[0].startsWith("AWS_") && entry[1] !== undefined,
      ),
    ),
    debug: Boolean(variables.MUSTER_DEBUG),
    isDumbTerminal: variables.TERM === "dumb",
  };
}

/** Where the command keeps what it can make again. @see https://specifications.freedesktop.org/basedir-spec/latest/ */
export function cacheFolder({ XDG_CACHE_HOME = "", HOME }: Variables = process.env): string {
  const caches = isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(HOME || homedir(), ".cache");
  return join(caches, "muster");
}

/** `pnpm --filter cli start` changes into the package's folder first; what the user means is the folder they are in. */
function typedIn(variables: Variables): string | undefined {
  const byPackageScript = variables.npm_lifecycle_event === "start" && variables.npm_package_name === "@muster/cli";
  return byPackageScript && variables.INIT_CWD ? resolve(variables.INIT_CWD) : undefined;
}

/** Containers run as users that no password file knows. */
function loginName(): string {
  try {
    return userInfo().username;
  } catch {
    return "unknown";
  }
}
