#!/bin/bash
# Takes a version's files from where users download; the bucket keeps them as versions.
set -euo pipefail

for object in $TAKE_BACK; do muster-s3 rm "$object" >/dev/null; done
note "withdrawn: $(wc -w <<<"$TAKE_BACK") files"
