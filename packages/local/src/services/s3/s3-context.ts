import type { Clock } from "../../clock.ts";
import type { Random } from "../../random.ts";
import type { Storage } from "../../storage/storage.ts";
import type { ObjectFiles } from "./object-files.ts";
import type { Uploads } from "./uploads.ts";

/** What S3's operations share. */
export interface S3Context {
  readonly files: ObjectFiles;
  readonly uploads: Uploads;
  readonly storage: Storage;
  readonly clock: Clock;
  readonly random: Random;
  readonly region: string;
}
