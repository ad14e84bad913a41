import { createHash } from "node:crypto";
import { AwsError } from "../../aws-error.ts";
import type { Ec2Context } from "./ec2-context.ts";
import { FILTER_NAMES } from "./filter-names.ts";
import { type Filter, type Filterable, select } from "./filters.ts";
import { missingParameter } from "./missing-parameter.ts";
import { type PageRequest, pageOf } from "./paging.ts";

export interface Image {
  readonly imageId: string;
  readonly name: string;
  readonly architecture: "arm64" | "x86_64";
  readonly owner: "amazon" | "self";
  /** The public parameter that names it, where that is known. */
  readonly parameter?: string;
}

interface DescribeImagesInput extends PageRequest {
  readonly ImageId?: readonly string[];
  readonly Owner?: readonly string[];
  readonly Filter?: readonly Filter[];
}

/** Images that are always there. Nothing on this machine boots from one: their ids are what counts. */
const LOCAL_IMAGES = ["ami-00000000000000000", "ami-00000000", "ami-12345678"];

/** Some of AWS's public parameters, for lists: each of the others has an image too. */
const LISTED_PARAMETERS = [
  "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64",
  "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
  "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id",
  "/aws/service/canonical/ubuntu/server/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id",
  "/aws/service/debian/release/12/latest/amd64",
  "/aws/service/debian/release/12/latest/arm64",
];

const ID_DIGITS = 9;
const CHECK_DIGITS = 8;

/** The image of one of AWS's public parameters. Its id ends with a check of itself, so that it is known by its id alone. */
export function publicImage(parameterName: string): string {
  const id = hex(parameterName).slice(0, ID_DIGITS);
  return `ami-${id}${checkOf(id)}`;
}

const hex = (text: string): string => createHash("sha256").update(text).digest("hex");
const checkOf = (id: string): string => hex(`public image ${id}`).slice(0, CHECK_DIGITS);

/** The image with this id; throws `InvalidAMIID.Malformed` or `InvalidAMIID.NotFound`. */
export function findImage({ images }: Pick<Ec2Context, "images">, imageId: string): Image {
  if (!/^ami-([0-9a-f]{8}|[0-9a-f]{17})$/.test(imageId))
    throw new AwsError("InvalidAMIID.Malformed", `Invalid id: "${imageId}" (expecting "ami-...")`);
  const listed = listImages(images).find((image) => image.imageId === imageId);
  if (listed !== undefined) return listed;
  const id = imageId.slice("ami-".length, -CHECK_DIGITS);
  if (id.length !== ID_DIGITS || imageId !== `ami-${id}${checkOf(id)}`)
    throw new AwsError("InvalidAMIID.NotFound", `The image id '[${imageId}]' does not exist`);
  return { imageId, name: imageId, architecture: "x86_64", owner: "amazon" };
}

/** The image that a launch names, by its id or by a parameter. AWS's own public parameters are all there; others must have been put. */
export function resolveImage(context: Ec2Context, imageId: string | undefined): Image {
  if (imageId === undefined) throw missingParameter("ImageId");
  const name = /^resolve:ssm:([^:]+)/.exec(imageId)?.[1];
  if (name === undefined) return findImage(context, imageId);
  const value = context.ssmParameter(name) ?? (name.startsWith("/aws/service/") ? publicImage(name) : undefined);
  if (value !== undefined) return findImage(context, value);
  throw new AwsError("InvalidAMIID.NotFound", `The SSM parameter '${name}' that names the image does not exist`);
}

function listImages(own: readonly string[]): Image[] {
  return [
    ...[...LOCAL_IMAGES, ...own].map((imageId) => ({
      imageId,
      name: `local/${imageId}`,
      architecture: "x86_64" as const,
      owner: "self" as const,
    })),
    ...LISTED_PARAMETERS.map((name) => ({
      imageId: publicImage(name),
      name: name.replace("/aws/service/", ""),
      architecture: name.includes("arm64") ? ("arm64" as const) : ("x86_64" as const),
      owner: "amazon" as const,
      parameter: name,
    })),
  ];
}

export function imageOperations(context: Ec2Context) {
  const { accountId } = context;
  const ownerId = ({ owner }: Image) => (owner === "self" ? accountId : "137112412989");
  const kind: Filterable<Image> = {
    names: FILTER_NAMES.DescribeImages,
    tags: () => ({}),
    values: (image) => ({
      architecture: image.architecture,
      "ena-support": true,
      hypervisor: "xen",
      "image-allowed": true,
      "image-id": image.imageId,
      "image-type": "machine",
      "is-public": image.owner === "amazon",
      name: image.name,
      "public-ssm-parameter-name": image.parameter,
      "owner-alias": image.owner === "amazon" ? "amazon" : undefined,
      "owner-id": ownerId(image),
      "root-device-name": "/dev/sda1",
      "root-device-type": "ebs",
      state: "available",
      "virtualization-type": "hvm",
    }),
  };
  return {
    DescribeImages(input: DescribeImagesInput) {
      const chosen = input.ImageId?.map((id) => findImage(context, id)) ?? listImages(context.images);
      const owned = chosen.filter(
        (image) => input.Owner?.some((owner) => owner === image.owner || owner === ownerId(image)) ?? true,
      );
      const { page, nextToken } = pageOf(select(owned, input.Filter, kind), input, { least: 1 });
      return { imagesSet: page.map((image) => renderImage(image, ownerId(image))), nextToken };
    },
  };
}

function renderImage(image: Image, imageOwnerId: string): Record<string, unknown> {
  return {
    imageId: image.imageId,
    imageLocation: `${imageOwnerId}/${image.name}`,
    name: image.name,
    imageState: "available",
    imageOwnerId,
    ...(image.owner === "amazon" && { imageOwnerAlias: "amazon" }),
    isPublic: image.owner === "amazon",
    architecture: image.architecture,
    imageType: "machine",
    rootDeviceName: "/dev/sda1",
    rootDeviceType: "ebs",
    virtualizationType: "hvm",
    hypervisor: "xen",
    enaSupport: true,
    blockDeviceMapping: [],
    tagSet: [],
  };
}
