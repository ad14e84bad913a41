#!/bin/bash
# The Debian package of one platform, compiled in a container of that platform by the packaging repository's own bin/make-package.
# The container is named after the task and stays: the after-task script keeps it as an image.
set -euo pipefail

cache=s3://hhvm-nodist/$DISTRO/
IFS=- read -r family release codename <<<"$DISTRO"

mkdir packaging source nodist out
git clone --quiet --depth 1 --branch "$PACKAGING_BRANCH" "$PACKAGING_REPOSITORY" packaging
muster-s3 cp "$S3_SOURCE" "source/$(basename "$S3_PATH")"
muster-s3 cp "$S3_SOURCE.sig" "source/$(basename "$S3_PATH").sig"

# Dependencies that builds of this platform have downloaded before.
cached=$(muster-s3 ls "$cache")
while read -r object; do
  if [ -n "$object" ]; then muster-s3 cp "$object" "nodist/${object##*/}"; fi
done <<<"$cached"

docker rm --force "$MUSTER_TASK" >/dev/null 2>&1 || true
docker run --init --name "$MUSTER_TASK" \
  --env VERSION --env DISTRO --env IS_NIGHTLY --env PACKAGING_BRANCH --env "SOURCE=/source/$(basename "$S3_PATH")" \
  --volume "$PWD/packaging:/packaging:ro" --volume "$PWD/source:/source:ro" \
  --volume "$PWD/nodist:/nodist" --volume "$PWD/out:/out" \
  "$family:$release" /packaging/bin/make-package

for file in nodist/*; do
  if [ -f "$file" ] && ! grep --quiet --fixed-strings --line-regexp "$cache${file##*/}" <<<"$cached"; then
    muster-s3 cp "$file" "$cache${file##*/}"
  fi
done

package=hhvm
if [ "$IS_NIGHTLY" = true ]; then package=hhvm-nightly; fi
file=${package}_$VERSION-1~${codename}_amd64.deb
if ! [ -f "out/$file" ]; then
  echo "bin/make-package has not made $file; it made: $(ls out)" >&2
  exit 1
fi
if [ -n "${SKIP_PUBLISH:-}" ]; then
  echo "{\"note\":\"a test build: $file is thrown away\"}" >"$MUSTER_RESULT"
  exit
fi
muster-s3 cp "out/$file" "s3://$SCRATCH_BUCKET/$VERSION/$DISTRO/$file" --content-type application/vnd.debian.binary-package
