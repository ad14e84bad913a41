#!/bin/bash
# Both images of one version, pushed under its name and under the branch's further tags.
set -euo pipefail

version=${1:?which version?}
cd "$(dirname "$0")"
if [[ $version =~ ^[0-9]{4}\.[0-9]{2}\.[0-9]{2}$ ]]; then
  package="hhvm-nightly=$version-*" suite=focal
else
  package="hhvm=$version-*" suite=focal-${version%.*}
  git checkout --quiet "origin/HHVM-${version%.*}"
fi
docker build --build-arg "HHVM_PACKAGE=$package" --build-arg "HHVM_REPO_DISTRO=$suite" -t "hhvm/hhvm:$version" hhvm-latest/
docker build --build-arg "HHVM_BASE_IMAGE=hhvm/hhvm:$version" -t "hhvm/hhvm-proxygen:$version" hhvm-latest-proxygen/
for image in hhvm/hhvm hhvm/hhvm-proxygen; do docker push "$image:$version"; done
for tag in $(<EXTRA_TAGS); do
  for image in hhvm/hhvm hhvm/hhvm-proxygen; do
    docker tag "$image:$version" "$image:$tag"
    docker push "$image:$tag"
  done
done
