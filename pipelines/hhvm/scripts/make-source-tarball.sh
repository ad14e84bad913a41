#!/bin/bash
# The source of one version, submodules included and pruned, as a signed tarball. A nightly is tagged first, in both repositories. Where users have
# the version's tarball, it is that one and no other.
set -euo pipefail

tarball=$(basename "$S3_PATH")

# The tarball last: where it is, all of it is.
store() {
  muster-s3 cp "$tarball.sig" "$S3_SOURCE.sig" --content-type application/pgp-signature
  muster-s3 cp "$tarball" "$S3_SOURCE" --content-type application/gzip
}

if [ -n "${RESTORE_FROM:-}" ]; then
  muster-s3 cp "$RESTORE_FROM" "$tarball" "$RESTORE_FROM.sig" "$tarball.sig"
  gpg --batch --verify "$tarball.sig" "$tarball"
  store
  echo "{\"note\":\"taken from $RESTORE_FROM\"}" >"$MUSTER_RESULT"
  exit
fi

# The key that may push tags; in memory, as everything secret.
ssh_key=$(mktemp --tmpdir=/dev/shm ssh.XXXXXX)
trap 'rm -f "$ssh_key"' EXIT
aws secretsmanager get-secret-value --secret-id "${SECRET_PREFIX:-}hhvm/git-ssh-key" --query SecretString --output text >"$ssh_key"
export GIT_SSH_COMMAND="ssh -i $ssh_key -o IdentitiesOnly=yes -o StrictHostKeyChecking=accept-new"

if [ "$IS_NIGHTLY" = true ]; then
  tag=nightly-$VERSION
  # A nightly that is made again is made from the commit that it was first made from.
  if [ -z "$(git ls-remote --tags "$SOURCE_REPOSITORY" "refs/tags/$tag")" ]; then
    git clone --quiet --bare --depth 1 --branch master "$SOURCE_REPOSITORY" tagged.git
    git -C tagged.git tag "$tag"
    for repository in "$STAGING_REPOSITORY" "$SOURCE_REPOSITORY"; do
      git -C tagged.git push --quiet "$repository" "refs/tags/$tag"
    done
  fi
  repository=$SOURCE_REPOSITORY
else
  # Releases with security fixes are in staging before they are in public.
  tag=HHVM-$VERSION
  repository=$STAGING_REPOSITORY
fi

folder=${tarball%.tar.gz}
git clone --quiet --depth 1 --branch "$tag" --recurse-submodules --shallow-submodules "$repository" "$folder"
commit=$(git -C "$folder" rev-parse HEAD)
time=$(git -C "$folder" log -1 --format=%ct)
# What every version's tarball leaves out stands on the packaging repository's main branch.
git clone --quiet --depth 1 "$PACKAGING_REPOSITORY" packaging
packaging/bin/prune-source-tree "$folder"

# Sorted, owned by root, dated as the commit: the same commit gives the same bytes. `git get-tar-commit-id` reads which one it is.
tar --create --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$time" --exclude=.git --format=posix \
  --pax-option="globexthdr.name=pax_global_header,globexthdr.mtime=$time,comment=$commit,delete=atime,delete=ctime" "$folder" |
  gzip -9 --no-name >"$tarball"
gpg --batch --armor --detach-sign --output "$tarball.sig" "$tarball"
store
echo "{\"note\":\"$tag is commit ${commit:0:12}\",\"commit\":\"$commit\"}" >"$MUSTER_RESULT"
