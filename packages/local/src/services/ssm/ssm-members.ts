import { ignored, type ServiceMembers, whole, working } from "../../protocol/member-rules.ts";

const DECRYPTION = { WithDecryption: ignored("nothing is encrypted, and AWS ignores it for what is not") };

/** What the parameter store takes here. @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_Operations.html */
export const SSM_MEMBERS: ServiceMembers = {
  PutParameter: {
    ...working("Name", "Value", "Overwrite", "Type", "Tier"),
    DataType: {
      does: "works",
      values: ["text", "aws:ec2:image", "aws:ssm:integration"],
      only: ["text"],
    },
    Description: ignored("DescribeParameters alone tells it, which is not here"),
  },
  GetParameter: { ...working("Name"), ...DECRYPTION },
  GetParameters: { ...working("Names"), ...DECRYPTION },
  GetParametersByPath: { ...working("Path", "Recursive", "NextToken"), MaxResults: whole(1, 10), ...DECRYPTION },
  DeleteParameter: working("Name"),
};
