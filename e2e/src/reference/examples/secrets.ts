import {
  activity,
  definePipeline,
  downloads,
  fixedPlatforms,
  forEachVersion,
  minutes,
  type Secret,
  scratch,
} from "@muster/pipeline";

const signing: Secret = { kind: "kms-key", alias: "alias/tidy-signing" };
const token: Secret = { kind: "secrets-manager", name: "tidy/upload-token" };

const Sign = activity({
  name: "Sign",
  per: "version",
  script: "sign.sh",
  init: "signing-key.sh", // decrypts passphrase and key, once on each worker
  timeout: minutes(10),
  worker: { instanceTypes: ["t3.micro"] },
  produces: ({ version }) => [scratch(`${version}.tar.gz.sig`)],
  secrets: [signing],
  access: { reads: [{ bucket: "state", key: "signing/tidy." }] }, // tidy.gpg and tidy.passphrase.kms
});

const Upload = activity({
  name: "Upload",
  per: "version",
  script: "upload.sh",
  timeout: minutes(10),
  worker: { instanceTypes: ["t3.micro"] },
  publishes: ({ version }) => [downloads(`${version}.tar.gz.sig`)],
  secrets: [token], // Sign cannot read it, and Upload not the key
  access: { reads: [scratch("")] },
});

export default definePipeline({
  name: "tidy",
  summary: "Signatures, made and uploaded by two steps that trust each other no more than they must",
  platforms: fixedPlatforms("any"),
  flow: forEachVersion(Sign, Upload),
  image: "/aws/service/debian/release/12/latest/amd64",
  dummyScript: "dummy.sh",
  invalidates: [],
});
