#!/bin/bash
# A release's source tarball and signature, from scratch to where users download.
set -euo pipefail

tarball=$(basename "$S3_PATH")
muster-s3 cp "$S3_SOURCE" "$tarball"
muster-s3 cp "$S3_SOURCE.sig" "$tarball.sig"

# The signature first: a tarball that can be downloaded can be verified.
muster-s3 cp "$tarball.sig" "s3://$DOWNLOADS_BUCKET/source/$tarball.sig" --content-type application/pgp-signature
muster-s3 cp "$tarball" "s3://$DOWNLOADS_BUCKET/source/$tarball" --content-type application/gzip
