import { arn, count, json, listOf, oneOf, type Rules, text } from "./rules.ts";

const methods = listOf(oneOf("GET", "HEAD"));
const behavior: Rules = {
  allowed_methods: methods,
  cached_methods: methods,
  "function_association.event_type": oneOf("viewer-request", "viewer-response"),
  target_origin_id: text(128),
  viewer_protocol_policy: oneOf("allow-all", "https-only", "redirect-to-https"),
};
const within = (block: string, rules: Rules): Rules =>
  Object.fromEntries(Object.entries(rules).map(([path, rule]) => [`${block}.${path}`, rule]));

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const bucketName = text(63, /^(?!xn--|sthree-)[a-z0-9][a-z0-9.-]+[a-z0-9]$/);

export const edgeRules: Readonly<Record<string, Rules>> = {
  aws_cloudfront_cache_policy: {
    name: text(128, /^[0-9A-Za-z_-]+$/),
    comment: text(128),
    default_ttl: count(0),
    max_ttl: count(0),
    min_ttl: count(0),
    ...within("parameters_in_cache_key_and_forwarded_to_origin", {
      "cookies_config.cookie_behavior": oneOf("none", "whitelist", "allExcept", "all"),
      "headers_config.header_behavior": oneOf("none", "whitelist"),
      "query_strings_config.query_string_behavior": oneOf("none", "whitelist", "allExcept", "all"),
    }),
  },
  aws_cloudfront_distribution: {
    aliases: listOf(text(253, /^([a-z0-9-]+\.)+[a-z]{2,}$/), 100),
    comment: text(128),
    default_root_object: text(255, /^[^/]/),
    http_version: oneOf("http1.1", "http2", "http2and3", "http3"),
    price_class: oneOf("PriceClass_100", "PriceClass_200", "PriceClass_All"),
    ...within("default_cache_behavior", behavior),
    ...within("ordered_cache_behavior", { ...behavior, path_pattern: text(255, /^[A-Za-z0-9_.*$/~"'@:+&-]+$/) }),
    "origin.domain_name": text(253, /^[a-z0-9-]+\.s3\.[a-z0-9-]+\.amazonaws\.com$/),
    "origin.origin_id": text(128),
    "restrictions.geo_restriction.locations": listOf(text(2), 0),
    "restrictions.geo_restriction.restriction_type": oneOf("none"),
    "viewer_certificate.acm_certificate_arn": arn("acm"),
    "viewer_certificate.minimum_protocol_version": oneOf("TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025"),
    "viewer_certificate.ssl_support_method": oneOf("sni-only"),
  },
  aws_cloudfront_function: {
    name: text(64, /^[a-zA-Z0-9_-]+$/),
    comment: text(128),
    code: text(10_240),
    runtime: oneOf("cloudfront-js-1.0", "cloudfront-js-2.0"),
  },
  aws_cloudfront_origin_access_control: {
    name: text(64),
    description: text(256),
    origin_access_control_origin_type: oneOf("s3"),
    signing_behavior: oneOf("always", "never", "no-override"),
    signing_protocol: oneOf("sigv4"),
  },
  aws_cloudfront_origin_request_policy: {
    name: text(128, /^[0-9A-Za-z_-]+$/),
    comment: text(128),
    "cookies_config.cookie_behavior": oneOf("none", "whitelist", "allExcept", "all"),
    "headers_config.header_behavior": oneOf("whitelist"),
    // One that CloudFront makes itself: it must not be asked of a cache policy.
    "headers_config.headers.items": listOf(text(100, /^CloudFront-Viewer-TLS$/), 10),
    "query_strings_config.query_string_behavior": oneOf("none", "whitelist", "allExcept", "all"),
  },
  aws_cloudfront_response_headers_policy: {
    name: text(128, /^[0-9A-Za-z_-]+$/),
    comment: text(128),
    ...within("security_headers_config", {
      "content_security_policy.content_security_policy": text(1783),
      "frame_options.frame_option": oneOf("DENY", "SAMEORIGIN"),
      "referrer_policy.referrer_policy": oneOf("no-referrer", "same-origin", "strict-origin"),
      "strict_transport_security.access_control_max_age_sec": count(0),
    }),
  },
  aws_route53_record: {
    name: text(255, /^([a-z0-9-]+\.)+[a-z]{2,}$/),
    type: oneOf("A", "AAAA"),
    zone_id: text(32, /^Z[0-9A-Z]+$/),
  },
  aws_s3_bucket: { bucket: bucketName },
  aws_s3_bucket_lifecycle_configuration: {
    "rule.id": text(255),
    "rule.status": oneOf("Enabled", "Disabled"),
    "rule.filter.prefix": (value) => value === "" || text(1024)(value),
    "rule.expiration.days": count(1),
    "rule.noncurrent_version_expiration.noncurrent_days": count(1),
    "rule.abort_incomplete_multipart_upload.days_after_initiation": count(1),
  },
  aws_s3_bucket_logging: {
    target_prefix: text(800, /\/$/),
    "target_object_key_format.partitioned_prefix.partition_date_source": oneOf("EventTime", "DeliveryTime"),
  },
  aws_s3_bucket_ownership_controls: { "rule.object_ownership": oneOf("BucketOwnerEnforced") },
  aws_s3_bucket_policy: { policy: json(20_480) },
  aws_s3_bucket_public_access_block: {},
  aws_s3_bucket_server_side_encryption_configuration: {
    "rule.apply_server_side_encryption_by_default.kms_master_key_id": arn("kms"),
    "rule.apply_server_side_encryption_by_default.sse_algorithm": oneOf("AES256", "aws:kms"),
  },
  aws_s3_bucket_versioning: { "versioning_configuration.status": oneOf("Enabled", "Suspended") },
  aws_s3_object: {
    key: text(1024, /^[^/]/),
    content_type: text(255, /^[a-z]+\/[a-z0-9.+-]+(; charset=utf-8)?$/),
    source: text(4096),
    source_hash: text(64, /^[0-9a-f]{64}$/),
  },
};
