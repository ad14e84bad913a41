/** Settings that depend on one another, or on what AWS takes of all together. */
export interface SettingsTogether {
  readonly account: string;
  readonly region: string;
  readonly network:
    | { readonly kind: "own"; readonly zones: readonly string[] }
    | { readonly kind: "existing"; readonly subnets: readonly { readonly zone: string }[] };
  readonly permissionsBoundary?: string | undefined;
  readonly encryptionKey?: string | undefined;
  readonly edge?: { readonly domain?: { readonly certificateArn: string } | undefined } | null;
  readonly buckets?: { readonly downloads?: string | undefined };
  readonly schedules: readonly { readonly name: string }[];
  readonly alarms?: { readonly emails: readonly string[] } | undefined;
  readonly budget?: { readonly emails: readonly string[] } | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

interface Problem {
  readonly path: (string | number)[];
  readonly message: string;
}

/** What is wrong between settings that are each well-formed. */
export function stageProblems(settings: SettingsTogether): Problem[] {
  return [
    ...zoneProblems(settings),
    ...boundaryProblems(settings),
    ...keyProblems(settings),
    ...edgeProblems(settings),
    ...twice(
      settings.schedules.map(({ name }) => name),
      (index) => ["schedules", index, "name"],
    ),
    ...twice(settings.alarms?.emails ?? [], (index) => ["alarms", "emails", index]),
    ...twice(settings.budget?.emails ?? [], (index) => ["budget", "emails", index]),
    ...tagProblems(settings.tags),
  ];
}

function zoneProblems({ region, network }: SettingsTogether): Problem[] {
  const zones = network.kind === "own" ? network.zones : network.subnets.map(({ zone }) => zone);
  const place = (index: number) =>
    network.kind === "own" ? ["network", "zones", index] : ["network", "subnets", index, "zone"];
  return [
    ...zones.flatMap((zone, index) =>
      zone.startsWith(region) ? [] : [{ path: place(index), message: `${zone} is not in ${region}` }],
    ),
    ...twice(zones, place, ": EC2 Fleet takes one subnet a zone"),
  ];
}

function boundaryProblems({ account, permissionsBoundary }: SettingsTogether): Problem[] {
  if (permissionsBoundary === undefined || permissionsBoundary.includes(`:iam::${account}:`)) return [];
  return [{ path: ["permissionsBoundary"], message: `is not of the account ${account}` }];
}

/** EBS takes no key of another region, and what a key of another account needs there is not this stage's to say. */
function keyProblems({ account, region, encryptionKey }: SettingsTogether): Problem[] {
  if (encryptionKey === undefined || encryptionKey.startsWith(`arn:aws:kms:${region}:${account}:`)) return [];
  return [{ path: ["encryptionKey"], message: `is not of the account ${account} in ${region}` }];
}

/**
 * CloudFront takes certificates of its own account alone, and asks S3 by TLS, whose certificate covers no bucket with a dot in its name.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 */
function edgeProblems({ account, edge, buckets }: SettingsTogether): Problem[] {
  if (edge === null || edge === undefined) return [];
  const certificate = edge.domain?.certificateArn;
  return [
    ...(certificate === undefined || certificate.includes(`:${account}:`)
      ? []
      : [{ path: ["edge", "domain", "certificateArn"], message: `is not of the account ${account}` }]),
    ...(buckets?.downloads?.includes(".")
      ? [
          {
            path: ["buckets", "downloads"],
            message: "has a dot, and CloudFront cannot read such a bucket by TLS: edge: null",
          },
        ]
      : []),
  ];
}

/** S3 takes ten tags of an object, of which Muster has two. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html */
const MOST_TAGS = 8;

/**
 * Instances read their tags from their metadata, which takes fewer keys than tags do.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions
 */
function tagProblems(tags: SettingsTogether["tags"]): Problem[] {
  const problems = Object.entries(tags).flatMap(([key, value]) => {
    const owner = /^(aws|muster):/i.exec(key)?.[1]?.toLowerCase();
    const whose = owner === "aws" ? "AWS's" : "Muster's";
    return [
      ...(owner === undefined ? [] : [`begins with ${owner}:, which is ${whose}`]),
      ...(/^(?!\.{1,2}$|_index$)[A-Za-z0-9+=.,_:@-]{1,128}$/.test(key)
        ? []
        : ["must be letters, digits and + - = . , _ : @, up to 128, with neither blanks nor slashes"]),
      ...(/^[\p{L}\p{N}\p{Z}+=._:/@-]{0,256}$/u.test(value)
        ? []
        : ["must be up to 256 letters, digits, blanks and + - = . _ : / @"]),
    ].map((message) => ({ path: ["tags", key], message }));
  });
  const many = Object.keys(tags).length > MOST_TAGS;
  return many ? [...problems, { path: ["tags"], message: "at most eight, beside Muster's own two" }] : problems;
}

function twice(values: readonly string[], place: (index: number) => Problem["path"], why = ""): Problem[] {
  return values.flatMap((value, index) =>
    values.indexOf(value) === index ? [] : [{ path: place(index), message: `${value} is there twice${why}` }],
  );
}
