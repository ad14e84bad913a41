#!/bin/bash
# Takes the version's Debian packages out of the apt repositories of their families, by the tool of its own source, or of the newest one that is published.
set -euo pipefail

source=$S3_SOURCE
if ! muster-s3 exists "$source.sha256"; then
  newest=$(muster-s3 ls "s3://$DOWNLOADS_BUCKET/source/muster-" | sed -n 's/.*\(muster-[0-9.]*\.tar\.gz\)\.sha256$/\1/p' | sort --version-sort | tail -n 1)
  if [ -z "$newest" ]; then
    echo "error: scratch has the source of $VERSION no longer, and none is published whose tool could take it back: publish another version first" >&2
    exit 1
  fi
  source=s3://$DOWNLOADS_BUCKET/source/$newest
fi
name=$(basename "$source" .tar.gz)
muster-s3 cp "$source.sha256" "$name.tar.gz.sha256"
muster-s3 cp "$source" "$name.tar.gz"
sha256sum --check --quiet "$name.tar.gz.sha256"
tar -xzf "$name.tar.gz"
exec "$name/pipelines/muster/tools/run.sh" withdraw-binary-packages
