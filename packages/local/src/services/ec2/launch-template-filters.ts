import { FILTER_NAMES } from "./filter-names.ts";
import type { Filterable } from "./filters.ts";
import type { LaunchTemplate, LaunchTemplateVersion } from "./launch-templates.ts";

export const TEMPLATE_FILTERS: Filterable<LaunchTemplate> = {
  names: FILTER_NAMES.DescribeLaunchTemplates,
  tags: ({ tags }) => tags,
  values: ({ name, createdMs }) => ({
    "create-time": new Date(createdMs).toISOString(),
    "launch-template-name": name,
  }),
};

interface VersionOfTemplate {
  readonly template: LaunchTemplate;
  readonly version: LaunchTemplateVersion;
}

export const VERSION_FILTERS: Filterable<VersionOfTemplate> = {
  names: FILTER_NAMES.DescribeLaunchTemplateVersions,
  values: ({ template, version: { number, createdMs, specification } }) => ({
    "create-time": new Date(createdMs).toISOString(),
    "ebs-optimized": specification.EbsOptimized,
    "http-endpoint": specification.MetadataOptions?.HttpEndpoint,
    "http-protocol-ipv4": specification.MetadataOptions?.HttpProtocolIpv4,
    "http-tokens": specification.MetadataOptions?.HttpTokens,
    "iam-instance-profile": specification.IamInstanceProfile?.Arn ?? specification.IamInstanceProfile?.Name,
    "image-id": specification.ImageId,
    "instance-type": specification.InstanceType,
    "is-default-version": number === template.defaultVersion,
    "kernel-id": specification.KernelId,
    "network-card-index": specification.NetworkInterface?.map(({ NetworkCardIndex }) => NetworkCardIndex),
    "ram-disk-id": specification.RamDiskId,
  }),
};
