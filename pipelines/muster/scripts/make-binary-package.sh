#!/bin/bash
# The Debian package of one platform, from the version's source tarball, by the tool that the tarball holds.
set -euo pipefail

name=muster-$VERSION
if muster-s3 cp "$S3_SOURCE.sha256" "$name.tar.gz.sha256"; then
  muster-s3 cp "$S3_SOURCE" "$name.tar.gz"
  sha256sum --check --quiet "$name.tar.gz.sha256"
  tar -xzf "$name.tar.gz"
else
  is_made=0
  muster-s3 exists "$S3_SOURCE.sha256" || is_made=$?
  [ "$is_made" = 1 ] || exit 1 # it is there, or that could not be found out: what went wrong above is worth another attempt
  if ! [ -d "${MUSTER_REPOSITORY:-}" ]; then
    echo "$S3_SOURCE is not built: run MakeSourceTarball of $VERSION first" >&2
    exit 1
  fi
  # A person tries this step alone on their own checkout, most likely as a test build.
  echo "$S3_SOURCE is not built: packaging HEAD of $MUSTER_REPOSITORY instead"
  git -c safe.directory='*' -C "$MUSTER_REPOSITORY" archive --prefix="$name/" HEAD | tar -x
fi
"$name/pipelines/muster/tools/run.sh" make-binary-package

cd out
package=$(ls -- *.deb)
if [ -n "${SKIP_PUBLISH:-}" ]; then
  echo "a test build: $package is thrown away"
  exit
fi
# The checksum last, under a name without the architecture: it says that the package is there.
sha256sum "$package" >"${package%_*}.sha256"
muster-s3 cp "$package" "s3://$SCRATCH_BUCKET/$BUILT_PREFIX$package" --content-type application/vnd.debian.binary-package >/dev/null
muster-s3 cp "${package%_*}.sha256" "s3://$SCRATCH_BUCKET/$BUILT_PREFIX${package%_*}.sha256" --content-type text/plain >/dev/null
