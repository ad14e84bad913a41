#!/bin/bash
# The version's packages in the apt repositories of Debian and Ubuntu. Their indices are made on the shared volume, at $REPOSITORIES, and go
# from there to where users download. Only one worker does this at a time.
set -euo pipefail

echo "publishing as number ${MUSTER_FENCING:-none}"

there() { # url
  local status=0
  muster-s3 exists "$1" || status=$?
  # Not to know is not the same as not to be there.
  if [ "$status" -gt 1 ]; then exit "$status"; fi
  return "$status"
}

# A suite's InRelease is what makes an index valid. It is replaced only if it is still the one that was there before this script began: a
# publisher that lost its lease meanwhile cannot undo what another published. The etag of an object that was put whole is its MD5 sum.
etag_of() { # url
  if there "$1"; then muster-s3 cp "$1" - | md5sum | cut -d ' ' -f 1; fi
}

package=hhvm
if [ "$IS_NIGHTLY" = true ]; then package=hhvm-nightly; fi
declare -A in_release unlisted
published=()

# A package in the pool counts as published: one that no index names yet is taken back, so that the next build publishes it.
take_back() {
  for url in "${unlisted[@]}"; do muster-s3 rm "$url" || true; done
}
trap take_back EXIT
for platform in $PLATFORMS; do
  IFS=- read -r family _ codename <<<"$platform"
  if [ "$family" != debian ] && [ "$family" != ubuntu ]; then continue; fi
  file=${package}_$VERSION-1~${codename}_amd64.deb
  built=s3://$SCRATCH_BUCKET/$VERSION/$platform/$file
  if ! there "$built"; then
    echo "$platform: not built"
    continue
  fi
  muster-s3 cp "$built" "$file"
  in_release[$family/$codename]=$(etag_of "s3://$DOWNLOADS_BUCKET/$family/dists/$codename/InRelease")

  repository=$REPOSITORIES/$family
  mkdir -p "$repository/conf"
  touch "$repository/conf/distributions"
  if ! grep --quiet --line-regexp "Codename: $codename" "$repository/conf/distributions"; then
    printf 'Origin: HHVM\nCodename: %s\nArchitectures: amd64\nComponents: main\nSignWith: yes\n\n' "$codename" \
      >>"$repository/conf/distributions"
  fi
  reprepro --basedir "$repository" --component main includedeb "$codename" "$file"
  # Straight to the pool, and before any index names it: an index leaves out what is older than what it has, the pool does not.
  pooled=s3://$DOWNLOADS_BUCKET/$family/pool/main/h/$package/$file
  if ! there "$pooled"; then
    unlisted[$family/$codename]=$pooled
    muster-s3 cp "$file" "$pooled" --content-type application/vnd.debian.binary-package
  fi
  published+=("$platform")
done
if [ "${#published[@]}" = 0 ]; then
  echo "none of $PLATFORMS is built: there is nothing to publish" >&2
  exit 1
fi

for suite in "${!in_release[@]}"; do
  family=${suite%/*} codename=${suite#*/}
  while read -r file; do
    muster-s3 cp "$REPOSITORIES/$family/$file" "s3://$DOWNLOADS_BUCKET/$family/$file"
  done < <(cd "$REPOSITORIES/$family" && find conf db "dists/$codename" -type f ! -name InRelease | sort)
  condition=(--if-none-match)
  if [ -n "${in_release[$suite]}" ]; then condition=(--if-match "\"${in_release[$suite]}\""); fi
  in_release_file=dists/$codename/InRelease
  muster-s3 cp "$REPOSITORIES/$family/$in_release_file" "s3://$DOWNLOADS_BUCKET/$family/$in_release_file" "${condition[@]}"
  unset "unlisted[$suite]"
done
echo "{\"note\":\"${published[*]}\"}" >"$MUSTER_RESULT"
