#!/bin/bash
# Takes a nightly's source tarball and then its signature from where users download; the bucket keeps them as it keeps what was replaced.
set -euo pipefail

for object in $TAKE_BACK; do muster-s3 rm "$object"; done
