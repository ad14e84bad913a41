#!/bin/bash
# Takes a release's source tarball and then its signature from where users download; the bucket keeps them as it keeps what was replaced. Tag and
# branch stay: who has fetched them has them, and tags do not move.
set -euo pipefail

for object in $TAKE_BACK; do muster-s3 rm "$object"; done
