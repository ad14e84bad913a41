#!/bin/bash
# Container images with the version's package, made by hhvm-docker's own build-and-tag.sh of the version's branch, under the tags that users know.
set -euo pipefail

# The images' packages come from apt; that they cannot is better said before images are made.
package=hhvm
if [ "$IS_NIGHTLY" = true ]; then package=hhvm-nightly; fi
IFS=- read -r family _ codename <<<"$IMAGE_PLATFORM"
built=s3://$DOWNLOADS_BUCKET/$family/pool/main/h/$package/${package}_$VERSION-1~${codename}_amd64.deb
status=0
muster-s3 exists "$built" || status=$?
if [ "$status" = 1 ]; then
  echo "$package $VERSION is not published for $IMAGE_PLATFORM, which its images are made of" >&2
fi
if [ "$status" -gt 0 ]; then exit "$status"; fi

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
