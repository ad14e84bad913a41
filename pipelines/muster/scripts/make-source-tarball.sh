#!/bin/bash
# The repository's tracked files as a tarball: of the tag v$VERSION where there is one, else of HEAD. The same commit gives the same bytes.
set -euo pipefail

fail() {
  echo "$1" >&2
  exit 1
}

name=muster-$VERSION

upload() { # the checksum last: it says that the tarball is there
  muster-s3 cp "$name.tar.gz" "$S3_SOURCE" --content-type application/gzip >/dev/null
  muster-s3 cp "$name.tar.gz.sha256" "$S3_SOURCE.sha256" --content-type text/plain >/dev/null
}

# A version that users have already is never made anew from what the repository has become since.
if [ -n "${RESTORE_FROM:-}" ]; then
  read -r published checksum <<<"$RESTORE_FROM"
  muster-s3 cp "$published" "$name.tar.gz"
  muster-s3 cp "$checksum" "$name.tar.gz.sha256"
  sha256sum --check --quiet "$name.tar.gz.sha256"
  upload
  echo "{\"note\":\"the published $published\"}" >"$MUSTER_RESULT"
  exit
fi

repository=${MUSTER_REPOSITORY:-$SOURCE_REPOSITORY}
[ -n "$repository" ] || fail "no repository to release: name its clone URL as sourceRepository in pipelines/muster/pipeline.ts"
if [[ $repository == *://* ]]; then
  GIT_TERMINAL_PROMPT=0 git clone --quiet --bare "$repository" repository.git
  repository=$PWD/repository.git
fi
[ -d "$repository" ] || fail "$repository is not there: no repository to release"

# safe.directory: the checkout may belong to another user than the worker.
repo() { git --no-optional-locks -c safe.directory='*' -C "$repository" "$@"; }

note=
if [ -e "$repository/.git" ] || [ -e "$repository/HEAD" ]; then
  commit=$(repo rev-parse --quiet --verify "refs/tags/v$VERSION^{commit}") ||
    commit=$(repo rev-parse --quiet --verify 'HEAD^{commit}') ||
    fail "$repository has no commit: nothing is tracked that could be released"
  if [ -e "$repository/.git" ] && [ -n "$(repo status --porcelain --untracked-files=no)" ]; then
    note="; the changes that are not committed are not in it"
  fi
else
  # An unpacked source tarball: what git would track becomes a commit, dated as its newest file.
  export GIT_DIR=$PWD/snapshot.git GIT_AUTHOR_NAME=muster GIT_AUTHOR_EMAIL=muster@localhost
  git init --quiet --bare "$GIT_DIR"
  git -C "$repository" -c core.bare=false -c core.excludesFile=/dev/null --work-tree=. add --all .
  newest=$(git ls-files -z | (cd "$repository" && xargs -0 stat --format=%Y) | sort -n | tail -n 1)
  export GIT_AUTHOR_DATE="@$newest +0000" GIT_COMMITTER_DATE="@$newest +0000"
  export GIT_COMMITTER_NAME=$GIT_AUTHOR_NAME GIT_COMMITTER_EMAIL=$GIT_AUTHOR_EMAIL
  commit=$(git commit-tree -m "$name" "$(git write-tree)")
  repository=$GIT_DIR
fi

# Sorted, owned by root, dated as the commit. The settings are named, so that a user's own do not change the bytes.
repo -c core.autocrlf=false -c tar.umask=0022 archive --format=tar --prefix="$name/" "$commit" | gzip -9 --no-name >"$name.tar.gz"
sha256sum "$name.tar.gz" >"$name.tar.gz.sha256"
upload

described=$(repo log -1 --format='%h of %cs' "$commit")
echo "$name.tar.gz: commit $described, $(stat --format=%s "$name.tar.gz") bytes, sha256 $(cut -d ' ' -f 1 "$name.tar.gz.sha256")$note"
echo "{\"note\":\"commit $described$note\",\"commit\":\"$commit\"}" >"$MUSTER_RESULT"
