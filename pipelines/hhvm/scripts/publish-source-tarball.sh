#!/bin/bash
# A release's tag and branch where the public sees them, then its source tarball and signature where users download. Nothing is forced: a tag that
# is there stays, a branch only moves on, and so it can be done again, or by two at once.
set -euo pipefail

# The key that may push; in memory, as everything secret.
ssh_key=$(mktemp --tmpdir=/dev/shm ssh.XXXXXX)
trap 'rm -f "$ssh_key"' EXIT
aws secretsmanager get-secret-value --secret-id "${SECRET_PREFIX:-}hhvm/git-ssh-key" --query SecretString --output text >"$ssh_key"
export GIT_SSH_COMMAND="ssh -i $ssh_key -o IdentitiesOnly=yes -o StrictHostKeyChecking=accept-new"

tarball=$(basename "$S3_PATH")
muster-s3 cp "$S3_SOURCE" "$tarball" "$S3_SOURCE.sig" "$tarball.sig"

tag=HHVM-$VERSION
branch=HHVM-${VERSION%.*}
refuse() {
  echo "$*" >&2
  exit 1
}

git clone --quiet --bare --single-branch --branch "$tag" "$STAGING_REPOSITORY" release.git
cd release.git
commit=$(git rev-parse "refs/tags/$tag^{commit}")
# Tarballs of before Muster do not say it.
packed=$(gzip --decompress --stdout "../$tarball" | git get-tar-commit-id) || packed=
if [ -n "$packed" ] && [ "$packed" != "$commit" ]; then
  refuse "$tarball was made of commit $packed, and $tag is now $commit in the staging repository: tag it under a new version"
fi

refs=()
there=$(git ls-remote "$SOURCE_REPOSITORY" "refs/tags/$tag" "refs/heads/$branch")
tagged=$(awk -v ref="refs/tags/$tag" '$2 == ref { print $1 }' <<<"$there")
if [ -z "$tagged" ]; then
  refs+=("refs/tags/$tag")
elif [ "$tagged" != "$(git rev-parse "refs/tags/$tag")" ]; then
  refuse "$tag is $tagged in the public repository, and $(git rev-parse "refs/tags/$tag") in the staging repository: tags do not move"
fi
head=$(awk -v ref="refs/heads/$branch" '$2 == ref { print $1 }' <<<"$there")
if [ -n "$head" ]; then git fetch --quiet "$SOURCE_REPOSITORY" "refs/heads/$branch"; fi
if [ -z "$head" ] || { [ "$head" != "$commit" ] && git merge-base --is-ancestor "$head" "$commit"; }; then
  refs+=("$commit:refs/heads/$branch")
elif ! git merge-base --is-ancestor "$commit" "$head"; then
  refuse "$branch of the public repository is $head, which $tag does not come after: it cannot move on to it"
fi
if [ "${#refs[@]}" -gt 0 ]; then git push --quiet --atomic "$SOURCE_REPOSITORY" "${refs[@]}"; fi
cd ..

# The signature first: a tarball that can be downloaded can be verified. The tarball last: where it is, all of it is.
muster-s3 cp "$tarball.sig" "s3://$DOWNLOADS_BUCKET/source/$tarball.sig" --content-type application/pgp-signature
muster-s3 cp "$tarball" "s3://$DOWNLOADS_BUCKET/source/$tarball" --content-type application/gzip
echo "{\"note\":\"$tag is commit ${commit:0:12}; pushed: ${refs[*]:-nothing, it was there}\"}" >"$MUSTER_RESULT"
