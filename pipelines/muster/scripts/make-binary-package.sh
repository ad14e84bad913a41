#!/bin/bash
# The Debian package of one platform, from the version's source tarball, by the tool that the tarball holds.
set -euo pipefail

name=muster-$VERSION
if muster-s3 exists "$S3_SOURCE.sha256"; then
  muster-s3 cp "$S3_SOURCE" "$name.tar.gz"
  muster-s3 cp "$S3_SOURCE.sha256" "$name.tar.gz.sha256"
  sha256sum --check --quiet "$name.tar.gz.sha256"
  tar -xzf "$name.tar.gz"
elif [ -d "${MUSTER_REPOSITORY:-}" ]; then
  # A person tries this step alone on their own checkout, most likely as a test build.
  echo "$S3_SOURCE is not built: packaging HEAD of $MUSTER_REPOSITORY instead"
  git -c safe.directory='*' -C "$MUSTER_REPOSITORY" archive --prefix="$name/" HEAD | tar -x
else
  echo "$S3_SOURCE is not built: run MakeSourceTarball of $VERSION first" >&2
  exit 1
fi
exec "$name/pipelines/muster/tools/run.sh" make-binary-package
