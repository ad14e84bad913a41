import { devNull } from "node:os";

/**
 * Keeps the user's own profiles from workers of this machine: a client that does not know AWS_ENDPOINT_URL asks AWS itself, and must not be able
 * to do anything there.
 */
export const noProfiles = { AWS_CONFIG_FILE: devNull, AWS_SHARED_CREDENTIALS_FILE: devNull } as const;
