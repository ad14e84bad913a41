/** What a file of OpenPGP's holds. */
export type PgpKind = "public key" | "signature" | "signed text";

/** undefined for what is not OpenPGP's, or another thing of it. @see https://www.rfc-editor.org/rfc/rfc9580#name-packet-headers */
export function pgpKind(bytes: Buffer): PgpKind | undefined {
  const armour = /^-----BEGIN PGP (PUBLIC KEY BLOCK|SIGNATURE|SIGNED MESSAGE)-----$/m.exec(
    bytes.toString("latin1"),
  )?.[1];
  if (armour !== undefined) return ARMOURS[armour];
  const [first = 0] = bytes;
  if ((first & 0x80) === 0) return undefined;
  const tag = (first & 0x40) === 0 ? (first >> 2) & 0x0f : first & 0x3f;
  return tag === 6 ? "public key" : tag === 2 ? "signature" : undefined;
}

const ARMOURS: Readonly<Record<string, PgpKind>> = {
  "PUBLIC KEY BLOCK": "public key",
  SIGNATURE: "signature",
  "SIGNED MESSAGE": "signed text",
};

/** Public keys as gpgv takes them: in binary form. Those that are so already stay as they are. */
export function binaryKeys(bytes: Buffer): Buffer {
  const text = bytes.toString("latin1");
  const blocks = [
    ...text.matchAll(
      /^-----BEGIN PGP PUBLIC KEY BLOCK-----\r?\n(?:\S+: .*\r?\n)*\r?\n([A-Za-z0-9+/=\s]*?)(?:^=[A-Za-z0-9+/]{4}\s*)?^-----END/gm,
    ),
  ];
  if (blocks.length === 0) return bytes;
  return Buffer.concat(blocks.map(([, body = ""]) => Buffer.from(body, "base64")));
}
