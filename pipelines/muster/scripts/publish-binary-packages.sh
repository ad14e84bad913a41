#!/bin/bash
# The version's Debian packages in the apt repositories of their families, by the tool that the source tarball holds.
set -euo pipefail

name=muster-$VERSION
if ! muster-s3 cp "$S3_SOURCE.sha256" "$name.tar.gz.sha256"; then
  echo "no source tarball of $VERSION: run MakeSourceTarball first" >&2
  exit 1
fi
muster-s3 cp "$S3_SOURCE" "$name.tar.gz"
sha256sum --check --quiet "$name.tar.gz.sha256"
tar -xzf "$name.tar.gz"
exec "$name/pipelines/muster/tools/run.sh" publish-binary-packages
