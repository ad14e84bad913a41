#!/bin/bash
# A version's container image from its source tarball, for all architectures under one tag; the record of it last.
set -euo pipefail

url=s3://$SCRATCH_BUCKET/$SOURCE_KEY
there "$url.sha256" || fail "$url is not made: build its step of $VERSION first"
mkdir tree
muster-s3 cp "$url" source.tar.gz >/dev/null
muster-s3 cp "$url.sha256" - | cut -d ' ' -f 1 | sed 's/$/  source.tar.gz/' | sha256sum --check --quiet
tar --extract --gzip --strip-components=1 --directory tree --file source.tar.gz
[ -f "tree/$CONTAINERFILE" ] || fail "the source of $VERSION has no $CONTAINERFILE: say in containerImage({ containerfile }) where it is"

mkdir -p containers
registry=${IMAGE_REPOSITORY%%/*} tls=()
# A registry on this machine speaks plain HTTP.
if [[ $registry =~ ^(localhost|127\.[0-9.]+)(:|$) ]]; then tls=(--tls-verify=false); fi
if [ -n "$LOGIN_SECRET" ] && [ -z "$RECIPES_AT_HOME" ]; then
  export REGISTRY_AUTH_FILE=$PWD/auth.json
  login=$(secret "$LOGIN_SECRET")
  containers login "${tls[@]}" --username "${login%%:*}" --password-stdin "$registry" <<<"${login#*:}" >/dev/null
fi

epoch=$(stat --format %Y "tree/$CONTAINERFILE")
for architecture in $ARCHITECTURES; do
  containers build --isolation chroot --platform "$architecture" --manifest release --timestamp "$epoch" \
    --build-arg "VERSION=$VERSION" --file "tree/$CONTAINERFILE" tree
done
for tag in $TAGS; do
  containers manifest push --all --quiet "${tls[@]}" --digestfile digest release "docker://$IMAGE_REPOSITORY:$tag" >/dev/null 2>push.log || {
    cat push.log >&2
    fail "$IMAGE_REPOSITORY:$tag cannot be pushed: $(tail -n 1 push.log)"
  }
done
printf '{"image":"%s","tags":["%s"],"digest":"%s"}\n' "$IMAGE_REPOSITORY" "${TAGS// /\",\"}" "$(cat digest)" >record.json
muster-s3 cp record.json "s3://$DOWNLOADS_BUCKET/$RECORD_KEY" --content-type application/json >/dev/null
note "$IMAGE_REPOSITORY:${TAGS%% *} $(cut -c 1-19 digest)…"
