import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { InvalidConfigurationError } from "@muster/pipeline";

/** Where a release's inputs come from; each but the platforms is what `git clone` takes. */
export interface Sources {
  /** Where the list of platforms is; `{branch}` stands for the packaging branch. `https://`, `s3://` or `file://`. */
  readonly currentTargets: string;
  /** How packages are made, which suites a series has. */
  readonly packagingRepository: string;
  /** How container images are made. */
  readonly dockerRepository: string;
  /** What nightlies are made from, and where releases become public. */
  readonly sourceRepository: string;
  /** What releases are made from before they are public. */
  readonly stagingRepository: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Where the definition is loaded, other sources may be named, to plan and try a release away from GitHub. A stage's functions load it without these
 * variables, and scripts on workers get what it says.
 * @throws InvalidConfigurationError naming the variable
 */
export function readSources(variables: Variables = process.env): Sources {
  const repository = (name: string, usual: string): string => {
    const value = variables[name] || usual;
    if (isRepository(value)) return value;
    throw new InvalidConfigurationError(`${name}=${value} is no repository`, {
      hint: "it takes what git clone takes: https://…, ssh://…, git@host:path, file://… or an absolute path",
    });
  };
  return {
    currentTargets: targets(variables.HHVM_CURRENT_TARGETS || TARGETS),
    packagingRepository: repository("HHVM_PACKAGING_REPOSITORY", "https://github.com/hhvm/packaging"),
    dockerRepository: repository("HHVM_DOCKER_REPOSITORY", "https://github.com/hhvm/hhvm-docker"),
    sourceRepository: repository("HHVM_SOURCE_REPOSITORY", "git@github.com:facebook/hhvm.git"),
    stagingRepository: repository("HHVM_STAGING_REPOSITORY", "git@github.com:hhvm/hhvm-staging.git"),
  };
}

const TARGETS = "https://raw.githubusercontent.com/hhvm/packaging/{branch}/CURRENT_TARGETS";

const isRepository = (value: string): boolean => /^(https:\/\/|ssh:\/\/|file:\/\/|\/|[\w.-]+@[\w.-]+:)\S+$/.test(value);

function targets(value: string): string {
  if (/^(https|s3|file):\/\/\S+$/.test(value)) return value;
  if (!/^[a-z][a-z0-9+.-]*:/i.test(value)) return decodeURI(pathToFileURL(resolve(value)).href);
  throw new InvalidConfigurationError(
    `HHVM_CURRENT_TARGETS=${value} is neither a path nor an https://, s3:// or file:// URL`,
    {
      hint: "{branch} in it stands for the packaging branch: /srv/packaging/{branch}/CURRENT_TARGETS",
    },
  );
}
