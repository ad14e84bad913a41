#!/bin/bash
# A container image with the version's package on the newest Ubuntu that it is built for, under the tags that users know.
set -euo pipefail

image=hhvm/hhvm
package=hhvm
if [ "$IS_NIGHTLY" = true ]; then package=hhvm-nightly; fi

platform=$(tr ' ' '\n' <<<"$PLATFORMS" | grep '^ubuntu-' | sort --version-sort | tail -n 1) || {
  echo "$VERSION is built for no Ubuntu in this build: there is nothing to make an image from" >&2
  exit 1
}
IFS=- read -r family release codename <<<"$platform"
file=${package}_$VERSION-1~${codename}_amd64.deb
mkdir context
muster-s3 cp "s3://$DOWNLOADS_BUCKET/$family/pool/main/h/$package/$file" "context/$package.deb"

docker build --pull --tag "$image:$VERSION" --file - context <<EOF_DOCKERFILE
FROM $family:$release
COPY $package.deb /tmp/
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends /tmp/$package.deb \\
 && rm -rf /tmp/$package.deb /var/lib/apt/lists/*
EOF_DOCKERFILE
docker run --rm "$image:$VERSION" hhvm --version

tags=("$VERSION")
if [ "$IS_NIGHTLY" = true ]; then
  tags+=(nightly)
else
  # A fix of an older series must not become what `latest` gives.
  newest() { # prefix
    muster-s3 ls "s3://$DOWNLOADS_BUCKET/source/hhvm-$1" | sed -nE 's|.*/hhvm-([0-9.]+)\.tar\.gz$|\1|p' |
      cat - <(echo "$VERSION") | sort --version-sort | tail -n 1
  }
  series=${VERSION%.*}
  if [ "$(newest "$series.")" = "$VERSION" ]; then tags+=("$series-latest"); fi
  if [ "$(newest "")" = "$VERSION" ]; then tags+=(latest); fi
fi

account=$(aws secretsmanager get-secret-value --secret-id "${SECRET_PREFIX:-}hhvm/docker-hub" --query SecretString --output text)
trap 'docker logout >/dev/null' EXIT
jq --raw-output .password <<<"$account" | docker login --username "$(jq --raw-output .username <<<"$account")" --password-stdin
for tag in "${tags[@]}"; do
  docker tag "$image:$VERSION" "$image:$tag"
  docker push --quiet "$image:$tag"
done
echo "{\"note\":\"$image: ${tags[*]}\"}" >"$MUSTER_RESULT"
