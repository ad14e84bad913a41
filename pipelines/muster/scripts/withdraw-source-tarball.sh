#!/bin/bash
# Takes the version's source tarball, checksum and signature from where users download; the bucket keeps them as versions.
set -euo pipefail

for object in $TAKE_BACK; do
  muster-s3 rm "$object"
done
