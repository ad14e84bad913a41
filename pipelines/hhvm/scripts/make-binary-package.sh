#!/bin/bash
# The Debian packages of one platform, compiled in a container of that platform by the packaging repository's own
# bin/make-package-in-throwaway-container. The container stays: the after-task script keeps it as an image.
set -euo pipefail

cache=s3://hhvm-nodist/$DISTRO/
IFS=- read -r _ _ codename <<<"$DISTRO"
package=hhvm
if [ "$IS_NIGHTLY" = true ]; then package=hhvm-nightly; fi
debian_version=$VERSION-1~$codename

git clone --quiet --depth 1 --branch "$PACKAGING_BRANCH" "$PACKAGING_REPOSITORY" packaging
revision=$(<"packaging/$DISTRO/PKGVER")
if [ "$revision" != "1~$codename" ]; then
  echo "$DISTRO/PKGVER on $PACKAGING_BRANCH is $revision, and must be 1~$codename: what users have is changed by a new version" >&2
  exit 1
fi
out=packaging/out nodist=packaging/nodist
mkdir -p "$out" "$nodist"
source=$(basename "$S3_PATH")
muster-s3 cp "$S3_SOURCE" "$out/$source"

# Dependencies that builds of this platform have downloaded before.
cached=$(muster-s3 ls "$cache") downloads=()
while read -r object; do
  if [ -z "$object" ]; then continue; fi
  file=$nodist/${object#"$cache"}
  mkdir -p "$(dirname "$file")"
  downloads+=("$object" "$file")
done <<<"$cached"
if [ "${#downloads[@]}" -gt 0 ]; then muster-s3 cp "${downloads[@]}"; fi
digests() { (cd "$nodist" && find . -type f -printf '%P\0' | sort -z | xargs -0 --no-run-if-empty sha256sum); }
digests >cached-before

docker ps --all --quiet --no-trunc | sort >containers-before
packaging/bin/make-package-in-throwaway-container "$DISTRO"

to_cache=()
while read -r _ file; do
  if [ -n "$file" ]; then to_cache+=("$nodist/$file" "$cache$file"); fi
done < <(digests | comm -13 cached-before -)
if [ "${#to_cache[@]}" -gt 0 ]; then muster-s3 cp "${to_cache[@]}"; fi

rm "$out/$source"
changes=${package}_${debian_version}_amd64.changes
for file in "$package"{,-dev,-dbg}"_${debian_version}_amd64.deb" "$changes"; do
  if [ ! -f "$out/$file" ]; then
    echo "make-package of $DISTRO has not made $file; it made: $(cd "$out" && echo *)" >&2
    exit 1
  fi
done
sums=$(awk '/^[^ ]/ { listed = $1 == "Checksums-Sha256:" } /^ / && listed { print $1 "  " $3 }' "$out/$changes")
(cd "$out" && sha256sum --check --quiet <<<"$sums")

if [ -n "${SKIP_PUBLISH:-}" ]; then
  echo "{\"note\":\"a test build: $changes and its packages are thrown away\"}" >"$MUSTER_RESULT"
  exit
fi
# What lists the others comes last: where it is, all of it is.
built=s3://$SCRATCH_BUCKET/$VERSION/$DISTRO
listed=()
while read -r file; do listed+=("$out/$file" "$built/$file"); done < <(cd "$out" && find . -maxdepth 1 -type f ! -name "$changes" -printf '%P\n' | sort)
muster-s3 cp "${listed[@]}"
muster-s3 cp "$out/$changes" "$built/$changes" --content-type text/plain
