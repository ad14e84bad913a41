/** Where an object lies. */
export interface ObjectPlace {
  readonly bucket: string;
  readonly key: string;
}
