import { arn, cidr, count, every, listOf, nullableBoolean, oneOf, type Rules, text } from "./rules.ts";

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html */
const groupText = text(255, /^[0-9A-Za-z_ .:/()#,@[\]+=&;{}!$*-]*$/);
const empty = listOf(() => false);

export const networkRules: Readonly<Record<string, Rules>> = {
  aws_default_security_group: { egress: empty, ingress: empty },
  aws_eip: { domain: oneOf("vpc") },
  aws_flow_log: {
    log_destination_type: oneOf("cloud-watch-logs", "s3", "kinesis-data-firehose"),
    max_aggregation_interval: oneOf(60, 600),
    traffic_type: oneOf("ACCEPT", "ALL", "REJECT"),
  },
  aws_internet_gateway: {},
  aws_nat_gateway: {},
  aws_route: { destination_cidr_block: cidr },
  aws_route_table: {},
  aws_route_table_association: {},
  aws_security_group: {
    name: text(255, /^(?!sg-)[0-9A-Za-z_ .:/()#,@[\]+=&;{}!$*-]+$/),
    description: groupText,
    vpc_id: text(21, /^vpc-[0-9a-f]{8,17}$/),
  },
  aws_subnet: { availability_zone: text(30, /^[a-z]{2}(-[a-z]+)+-\d[a-z]$/) },
  aws_vpc: { cidr_block: every(cidr, text(18, /\/(1[6-9]|2[0-8])$/)) },
  aws_vpc_endpoint: {
    service_name: text(255, /^com\.amazonaws\.[a-z0-9-]+\.s3$/),
    vpc_endpoint_type: oneOf("Gateway"),
  },
  aws_vpc_security_group_egress_rule: { cidr_ipv4: cidr, description: groupText, ip_protocol: oneOf("-1") },
  aws_launch_template: {
    name: text(128, /^[a-zA-Z0-9().\-/_]{3,}$/),
    description: text(255),
    image_id: text(2048, /^resolve:ssm:\/?[a-zA-Z0-9._/-]+$/),
    instance_initiated_shutdown_behavior: oneOf("stop", "terminate"),
    "block_device_mappings.ebs.delete_on_termination": nullableBoolean,
    "block_device_mappings.ebs.encrypted": nullableBoolean,
    "block_device_mappings.ebs.kms_key_id": arn("kms"),
    // Of gp3. https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html
    "block_device_mappings.ebs.volume_size": count(1, 65_536),
    "block_device_mappings.ebs.volume_type": oneOf("gp3"),
    "maintenance_options.auto_recovery": oneOf("default", "disabled"),
    "metadata_options.http_endpoint": oneOf("enabled", "disabled"),
    "metadata_options.http_put_response_hop_limit": count(1, 64),
    "metadata_options.http_tokens": oneOf("optional", "required"),
    "metadata_options.instance_metadata_tags": oneOf("enabled", "disabled"),
    "network_interfaces.associate_public_ip_address": nullableBoolean,
    "network_interfaces.delete_on_termination": nullableBoolean,
    "network_interfaces.device_index": count(0, 15),
    "tag_specifications.resource_type": oneOf("instance", "volume", "network-interface", "spot-instances-request"),
  },
  "data.aws_ami": {
    "filter.name": oneOf("image-id", "architecture"),
    "filter.values": listOf(text(200, /^(\$\{data\.aws_ssm_parameter\..+\.insecure_value\}|x86_64|arm64)$/), 1),
  },
  "data.aws_availability_zones": {
    "filter.name": oneOf("zone-type"),
    "filter.values": listOf(oneOf("availability-zone"), 1),
  },
  "data.aws_ssm_parameter": { name: text(2048, /^\/?[a-zA-Z0-9._/-]+$/) },
};
