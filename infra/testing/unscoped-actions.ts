/**
 * Actions that the templates allow without naming one stage, although AWS knows narrower resources or conditions for them, with the reason. What AWS cannot
 * narrow at all is not here: its reference says so, and the test asks it.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export const UNSCOPED_ACTIONS: Readonly<Record<string, string>> = {
  "cloudfront:GetCachePolicy": "has an id alone, and no tags: settings that any response shows",
  "cloudfront:GetOriginAccessControl": "has an id alone, and no tags: a name and a way to sign",
  "cloudfront:GetOriginRequestPolicy": "has an id alone, and no tags: names of headers",
  "cloudfront:GetResponseHeadersPolicy": "has an id alone, and no tags: headers that any response shows",
  "ec2:AttachVolume": "a volume is the pipeline's, found by its name; roles' own policies name it",
  "ec2:CreateFleet": "what is made has no tag yet; what it is made of, roles' own policies name",
  "ec2:DetachVolume": "as attaching it",
  "ec2:RunInstances": "as a fleet; the role that a machine has is the stage's alone",
  "route53:GetChange": "an id of AWS's choice, and whether it is through",
  "servicequotas:GetServiceQuota": "a number of the account's, of EC2 alone",
  "ssm:GetParameter": "AWS's public parameters",
  "ssm:GetParameters": "AWS's public parameters",
  "ssm:UpdateInstanceInformation": "the agent's own machine, whose id the role does not know before",
};
