import { AwsError } from "../../aws-error.ts";
import type { Ec2Context } from "./ec2-context.ts";
import { FILTER_NAMES } from "./filter-names.ts";
import { type Filter, type Filterable, select } from "./filters.ts";
import { renderTags } from "./instance.ts";
import type { KeyPair } from "./key-pairs.ts";
import type { TagSpecification } from "./launch-specification.ts";
import { missingParameter } from "./missing-parameter.ts";
import { createKey, readPublicKey } from "./openssh-key.ts";
import { tagsFor } from "./tags.ts";

interface CreateInput {
  readonly KeyName: string;
  readonly KeyType?: string;
  readonly KeyFormat?: string;
  readonly TagSpecification?: readonly TagSpecification[];
}

interface ImportInput {
  readonly KeyName: string;
  /** Base64 of a line of `authorized_keys`. */
  readonly PublicKeyMaterial: string;
  readonly TagSpecification?: readonly TagSpecification[];
}

interface DescribeInput {
  readonly KeyName?: readonly string[];
  readonly KeyPairId?: readonly string[];
  readonly IncludePublicKey?: string;
  readonly Filter?: readonly Filter[];
}

const FILTERS: Filterable<KeyPair> = {
  names: FILTER_NAMES.DescribeKeyPairs,
  tags: ({ tags }) => tags,
  values: ({ id, name, fingerprint }) => ({ "key-pair-id": id, "key-name": name, fingerprint }),
};

/** Key pairs are there to be named: nobody logs in to an instance of this machine. */
export function keyPairOperations({ keyPairs }: Ec2Context) {
  return {
    CreateKeyPair({ KeyName, KeyType = "rsa", KeyFormat = "pem", TagSpecification }: CreateInput) {
      if (KeyFormat !== "pem")
        throw new AwsError("InvalidParameterValue", `The local EC2 has keys in the format pem alone, not ${KeyFormat}`);
      const tags = tagsFor("key-pair", TagSpecification);
      const { privateKey, ...key } = createKey(KeyType);
      return { ...render(keyPairs.add(KeyName, key, tags)), keyMaterial: privateKey };
    },

    ImportKeyPair({ KeyName, PublicKeyMaterial, TagSpecification }: ImportInput) {
      const key = readPublicKey(Buffer.from(PublicKeyMaterial, "base64").toString("utf8"));
      return render(keyPairs.add(KeyName, key, tagsFor("key-pair", TagSpecification)));
    },

    /** A pair that is not there is as good as deleted. */
    DeleteKeyPair({ KeyName, KeyPairId }: { KeyName?: string; KeyPairId?: string }) {
      if (KeyName === undefined && KeyPairId === undefined) throw missingParameter("KeyName");
      const pair = keyPairs.all().find(({ id, name }) => name === KeyName || id === KeyPairId);
      if (pair !== undefined) keyPairs.delete(pair);
      return { return: true, ...(pair !== undefined && { keyPairId: pair.id }) };
    },

    DescribeKeyPairs({ KeyName, KeyPairId, IncludePublicKey, Filter }: DescribeInput) {
      const named = [
        ...(KeyName ?? []).map((name) => keyPairs.named(name)),
        ...(KeyPairId ?? []).map((id) => keyPairs.withId(id)),
      ];
      const chosen = KeyName === undefined && KeyPairId === undefined ? keyPairs.all() : named;
      return {
        keySet: select(chosen, Filter, FILTERS).map((pair) => ({
          ...render(pair),
          keyType: pair.type,
          createTime: new Date(pair.createdMs),
          ...(IncludePublicKey === "true" && { publicKey: `${pair.line} ${pair.name}\n` }),
        })),
      };
    },
  };
}

const render = ({ id, name, fingerprint, tags }: KeyPair) => ({
  keyPairId: id,
  keyName: name,
  keyFingerprint: fingerprint,
  tagSet: renderTags(tags),
});
