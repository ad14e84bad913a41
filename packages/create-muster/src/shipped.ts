/** What a new pipeline ships, each with a folder of templates. */
export const shippedKinds = {
  deb: "a Debian package for each distribution, to download",
  apt: "Debian packages built in clean chroots, in a signed apt repository (needs mmdebstrap and root)",
  tarball: "a tarball for all systems",
} as const;

export type Shipped = keyof typeof shippedKinds;
