import {
  type BucketVersioningStatus,
  type DeleteMarkerEntry,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  type ObjectVersion,
  PutBucketVersioningCommand,
} from "@aws-sdk/client-s3";
import { Bucket, s3Fixture, type TRANSPORTS } from "../s3-fixture.ts";

/** A bucket, and short words for what tests of versions do with it. */
export function versionsFixture(transport: (typeof TRANSPORTS)[number]) {
  const bucket = s3Fixture(transport);
  const list = (members: object = {}) => bucket.s3.send(new ListObjectVersionsCommand({ Bucket, ...members }));
  return {
    bucket,
    list,
    setVersioning: (Status: BucketVersioningStatus) =>
      bucket.s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } })),
    put: async (key: string, body: string) => (await bucket.put(key, body)).VersionId,
    read: async (Key: string, VersionId?: string) =>
      (await bucket.s3.send(new GetObjectCommand({ Bucket, Key, VersionId }))).Body?.transformToString(),
    remove: (Key: string, VersionId?: string) => bucket.s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId })),
    /** Key, id and whether it is the latest, of objects and markers. */
    async summary(members: object = {}) {
      const { Versions = [], DeleteMarkers = [] } = await list(members);
      const show = ({ Key, VersionId, IsLatest }: ObjectVersion | DeleteMarkerEntry) =>
        `${Key} ${VersionId}${IsLatest ? " latest" : ""}`;
      return { versions: Versions.map(show), markers: DeleteMarkers.map(show) };
    },
  };
}
