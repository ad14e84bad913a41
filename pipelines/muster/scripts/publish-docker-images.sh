#!/bin/bash
# A container image with the version's Debian package, by the tool that the source tarball holds.
set -euo pipefail

# Docker's client ends with 0 though its server does not answer, unless it is asked for something of the server's.
works() {
  local question=(info)
  if [ "$1" = docker ]; then question+=(--format "{{.ServerVersion}}"); fi
  timeout 30 "$1" "${question[@]}" >/dev/null 2>&1
}

builders=(docker podman buildah)
if [ "${INPUT_BUILDER:-any}" != any ]; then builders=("$INPUT_BUILDER"); fi
# The first that works. It is looked for before anything is fetched or installed, because many machines have none.
for builder in "${builders[@]}"; do
  if works "$builder"; then
    export IMAGE_BUILDER=$builder
    break
  fi
done
if [ -z "${IMAGE_BUILDER:-}" ] && [ "${#builders[@]}" = 1 ]; then
  echo "error: ${builders[0]} does not work on this machine: does \`${builders[0]} info\` end without an error?" >&2
  exit 1
elif [ -z "${IMAGE_BUILDER:-}" ]; then
  note="no docker, podman or buildah works on this machine: no image"
  echo "$note"
  printf '{"note":"%s"}\n' "$note" >"$MUSTER_RESULT"
  exit 0
fi

name=muster-$VERSION
if ! muster-s3 cp "$S3_SOURCE.sha256" "$name.tar.gz.sha256"; then
  echo "no source tarball of $VERSION: run MakeSourceTarball first" >&2
  exit 1
fi
muster-s3 cp "$S3_SOURCE" "$name.tar.gz"
sha256sum --check --quiet "$name.tar.gz.sha256"
tar -xzf "$name.tar.gz"
exec "$name/pipelines/muster/tools/run.sh" publish-docker-images
