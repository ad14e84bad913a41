#!/bin/bash
# After a package's build, failed or not: its container is kept as an image that anybody on the team can look into; of a failed one, the log too.
set -euo pipefail

container=
if [ -f containers-before ]; then
  container=$(docker ps --all --quiet --no-trunc | sort | comm -13 containers-before - | head -n 1)
fi
if [ -z "$container" ]; then
  echo "the build did not come to start a container: there is nothing to keep"
  exit
fi
trap 'docker rm --force --volumes "$container" >/dev/null' EXIT
docker stop "$container" >/dev/null

tag=${VERSION}_${DISTRO}_$MUSTER_INSTANCE
repository=${IMAGE_PREFIX:-}hhvm-successful-builds
if [ "$SUCCESS" != true ]; then
  repository=${IMAGE_PREFIX:-}hhvm-failed-builds
  docker logs "$container" 2>&1 | gzip >build.log.gz
  muster-s3 cp build.log.gz "s3://$SCRATCH_BUCKET/build-logs/$tag.log.gz" --content-type application/gzip
fi

account=$(aws sts get-caller-identity --query Account --output text)
registry=$account.dkr.ecr.$AWS_REGION.amazonaws.com
image=$registry/$repository:$tag
docker commit "$container" "$image" >/dev/null
aws ecr get-login-password | docker login --username AWS --password-stdin "$registry"
docker push --quiet "$image"
docker image rm "$image" >/dev/null
