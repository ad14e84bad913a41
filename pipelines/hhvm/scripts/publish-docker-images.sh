#!/bin/bash
# Container images with the version's package, made by hhvm-docker's own build-and-tag.sh of the version's branch, under the tags that users know.
set -euo pipefail

# The images' packages come from apt, which goes by its suite's index, whatever lies in the pool: that it has none is better said before images are made.
package=hhvm
if [ "$IS_NIGHTLY" = true ]; then package=hhvm-nightly; fi
IFS=- read -r family _ codename <<<"$IMAGE_PLATFORM"
suite=s3://$DOWNLOADS_BUCKET/$family/dists/${SERIES_SUITE/#DISTRO/$codename}

is_offered() {
  local status=0 index=main/binary-amd64/Packages.gz sum
  muster-s3 exists "$suite/InRelease" || status=$?
  if [ "$status" = 1 ]; then return 1; fi
  # Not to know is not the same as not to be there.
  if [ "$status" -gt 1 ]; then exit "$status"; fi
  muster-s3 cp "$suite/InRelease" InRelease || exit
  sum=$(awk -v index_file="$index" '/^[^ ]/ { listed = $1 == "SHA256:" } /^ / && listed && $3 == index_file { print $1 }' InRelease)
  if grep --quiet '^Acquire-By-Hash: yes$' InRelease; then index=$(dirname "$index")/by-hash/SHA256/$sum; fi
  muster-s3 cp "$suite/$index" Packages.gz || exit
  sha256sum --check --quiet <<<"$sum  Packages.gz" || exit
  gzip --decompress --stdout Packages.gz | awk -v RS= -v package="$package" -v version="$VERSION-1~$codename" '
    { text = "\n" $0 "\n" }
    index(text, "\nPackage: " package "\n") && index(text, "\nVersion: " version "\n") { found = 1 }
    END { exit !found }'
}
if ! is_offered; then
  echo "$package $VERSION is not published for $IMAGE_PLATFORM, which its images are made of" >&2
  exit 1
fi

git clone --quiet --branch "$PACKAGING_BRANCH" "$DOCKER_REPOSITORY" hhvm-docker
cd hhvm-docker

# Of the tags that the branch names, `latest` and `4.28-latest` go to no older release than the one that has them.
newest() { # prefix of versions
  muster-s3 ls "s3://$DOWNLOADS_BUCKET/source/hhvm-$1" | sed -nE 's|.*/hhvm-([0-9.]+)\.tar\.gz$|\1|p' |
    cat - <(echo "$VERSION") | sort --version-sort | tail -n 1
}
tags=()
while read -r tag || [ -n "$tag" ]; do
  case $tag in
    "") continue ;;
    latest) since=$(newest "") ;;
    *-latest) since=$(newest "${VERSION%.*}.") ;;
    *) since=$VERSION ;;
  esac
  if [ "$since" = "$VERSION" ]; then
    tags+=("$tag")
  else
    echo "$tag stays with $since"
  fi
done <EXTRA_TAGS
printf '%s\n' "${tags[@]}" >EXTRA_TAGS

account=$(aws secretsmanager get-secret-value --secret-id "${SECRET_PREFIX:-}hhvm/docker-hub" --query SecretString --output text)
trap 'docker logout >/dev/null' EXIT
jq --raw-output .password <<<"$account" | docker login --username "$(jq --raw-output .username <<<"$account")" --password-stdin
./build-and-tag.sh "$VERSION"
echo "{\"note\":\"hhvm/hhvm and hhvm/hhvm-proxygen: $VERSION ${tags[*]}\"}" >"$MUSTER_RESULT"
