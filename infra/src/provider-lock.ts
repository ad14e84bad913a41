import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";

/** Terraform's name for the versions and checksums of providers. @see https://developer.hashicorp.com/terraform/language/files/dependency-lock */
export const PROVIDER_LOCK = ".terraform.lock.hcl";

/** Gives a stack the checksums that the repository keeps: stacks are made anew each time, and would take whatever the registry serves. */
export function copyProviderLock(kept: string, stack: string): void {
  const lock = join(kept, PROVIDER_LOCK);
  if (existsSync(lock)) copyFileSync(lock, join(stack, PROVIDER_LOCK));
}
