// A module of its own, of which a bundle takes what it names: `import()` of a whole client brings all its operations.
export { S3Client } from "@aws-sdk/client-s3";
