import { AwsError } from "../../aws-error.ts";
import type { Clock } from "../../clock.ts";
import type { Random } from "../../random.ts";
import type { Storage } from "../../storage/storage.ts";
import { openStoredMap } from "../../storage/stored-map.ts";
import type { PublicKey } from "./openssh-key.ts";
import type { Tags } from "./tags.ts";

export interface KeyPair extends PublicKey {
  readonly id: string;
  readonly name: string;
  readonly createdMs: number;
  readonly tags: Tags;
}

/** The key pairs of a region: their public halves. */
export interface KeyPairs {
  /** Throws `InvalidKeyPair.Duplicate`. */
  add(name: string, key: PublicKey, tags: Tags): KeyPair;
  /** Throws `InvalidKeyPair.NotFound`. */
  named(name: string): KeyPair;
  withId(id: string): KeyPair;
  all(): KeyPair[];
  save(pair: KeyPair): void;
  delete(pair: KeyPair): void;
}

const LONGEST_NAME = 255;

export function keyPairs({ storage, clock, random }: { storage: Storage; clock: Clock; random: Random }): KeyPairs {
  const pairs = openStoredMap<KeyPair>(storage, "ec2/key-pairs");
  const find = (what: string, matches: (pair: KeyPair) => boolean): KeyPair => {
    const found = [...pairs.values()].find(matches);
    if (found !== undefined) return found;
    throw new AwsError("InvalidKeyPair.NotFound", `The key pair ${what} does not exist`);
  };
  return {
    add(name, { type, line, fingerprint }, tags) {
      if (name === "" || name.length > LONGEST_NAME || name.trim() !== name)
        throw new AwsError("InvalidParameterValue", `Value (${name}) for parameter keyName is invalid.`);
      if ([...pairs.values()].some((pair) => pair.name === name))
        throw new AwsError("InvalidKeyPair.Duplicate", `The keypair already exists`);
      const pair = { id: `key-${random.hex(17)}`, name, type, line, fingerprint, createdMs: clock.now(), tags };
      pairs.set(pair.id, pair);
      return pair;
    },
    named: (name) => find(`'${name}'`, (pair) => pair.name === name),
    withId: (id) => find(`ID '${id}'`, (pair) => pair.id === id),
    all: () => [...pairs.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    save: (pair) => pairs.set(pair.id, pair),
    delete: (pair) => void pairs.delete(pair.id),
  };
}
