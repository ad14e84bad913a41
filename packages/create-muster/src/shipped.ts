/** What a new pipeline ships, each with a folder of templates. */
export const shippedKinds = {
  deb: "Debian packages, one for each distribution",
  tarball: "a tarball for all systems",
} as const;

export type Shipped = keyof typeof shippedKinds;
