import { type Access, downloads, type S3Object, type Secret } from "@muster/pipeline";

/** The OpenPGP key that signs a release, and where users get its public half. */
export interface SigningKey {
  /** Names its public key: `<name>-archive-keyring.gpg`, and `.asc` for tools that want it so. */
  readonly name: string;
  /**
   * Where it comes from. On one machine, which has no AWS, it is always generated.
   * - `generated`: made on first use, without a passphrase, and kept among the stage's own records.
   * - `secrets-manager`: a secret of AWS Secrets Manager holds it, armoured and without a passphrase.
   * - `kms`: `signing/<name>.gpg` in the bucket of the stage's own records, encrypted with a passphrase which lies beside
   *   it, in `signing/<name>.passphrase.kms`, encrypted by the KMS key of that alias.
   */
  readonly from:
    | { readonly kind: "generated" }
    | { readonly kind: "secrets-manager"; readonly secret: string }
    | { readonly kind: "kms"; readonly alias: string };
}

/** The public key as apt's `signed-by` and gpgv take it, and as rpm does. */
export function publicKeys({ name }: SigningKey): { readonly binary: S3Object; readonly armored: S3Object } {
  const binary = downloads(`${name}-archive-keyring.gpg`);
  return { binary, armored: { ...binary, key: binary.key.replace(/gpg$/, "asc") } };
}

const stored = ({ name }: SigningKey): S3Object => ({ bucket: "state", key: `signing/${name}.` });

/** What a script is told that opens the key; see `open_key` in init.sh. */
export function keyVariables(key: SigningKey): Readonly<Record<string, string>> {
  const { from, name } = key;
  return {
    KEY_NAME: name,
    KEY_FROM: from.kind,
    ...(from.kind === "secrets-manager" && { KEY_SECRET: from.secret }),
  };
}

/** What its opening reads and writes. */
export function keyAccess(key: SigningKey): Required<Pick<Access, "reads">> & { readonly writes: readonly S3Object[] } {
  const { binary, armored } = publicKeys(key);
  const made = key.from.kind === "generated" ? [stored(key)] : [];
  return { reads: [stored(key), binary, armored], writes: [...made, binary, armored] };
}

export function keySecrets({ from }: SigningKey): readonly Secret[] {
  switch (from.kind) {
    case "generated":
      return [];
    case "secrets-manager":
      return [{ kind: "secrets-manager", name: from.secret }];
    case "kms":
      return [{ kind: "kms-key", alias: from.alias }];
  }
}
