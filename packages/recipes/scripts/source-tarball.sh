#!/bin/bash
# A version's tracked files as a tarball: of its tag, or for a nightly of the newest commit. The same commit gives the same bytes.
set -euo pipefail

tarball=$ROOT_FOLDER.tar.gz
url=s3://$SCRATCH_BUCKET/$SOURCE_KEY

upload_to() { # url; the checksum last: it says that the rest is there
  muster-s3 cp "$tarball" "$1" --content-type application/gzip >/dev/null
  if [ -f "$tarball.sig" ]; then muster-s3 cp "$tarball.sig" "$1.sig" --content-type application/pgp-signature >/dev/null; fi
  muster-s3 cp "$tarball.sha256" "$1.sha256" --content-type text/plain >/dev/null
}

# What lies in scratch says that it is done: it comes last.
upload() {
  if [ -n "$PUBLISH_KEY" ]; then upload_to "s3://$DOWNLOADS_BUCKET/$PUBLISH_KEY"; fi
  upload_to "$url"
}

# What users have already is never made anew from what the repository has become since.
if [ -n "${RESTORE_FROM:-}" ]; then
  for published in $RESTORE_FROM; do muster-s3 cp "$published" "$tarball${published#"${RESTORE_FROM%% *}"}"; done
  sha256sum --check --quiet "$tarball.sha256"
  if [ -f "$tarball.sig" ]; then
    open_key
    gpgv --quiet --keyring ./public.gpg "$tarball.sig" "$tarball" || fail "${RESTORE_FROM%% *} does not bear the signature of $KEY_NAME"
  fi
  upload_to "$url"
  note "the published ${RESTORE_FROM%% *}"
  exit
fi

need git:git gzip:gzip
# A key that cannot sign is told before anything is made.
if [ -n "${KEY_NAME:-}" ]; then open_key; fi
repository=${REPOSITORY:-$MUSTER_REPOSITORY}
[ -n "$repository" ] || fail "no repository to release: name its URL in sourceTarball({ repository }), or run git init beside the pipeline"
if [ -z "$RECIPES_AT_HOME" ] || [ ! -d "$repository" ]; then
  GIT_TERMINAL_PROMPT=0 git clone --quiet --bare "$repository" repository.git ||
    fail "$repository cannot be cloned: is it public, and spelled as git clone takes it?"
  repository=$PWD/repository.git
fi

# safe.directory: the checkout may belong to another user than the worker.
repo() { git --no-optional-locks -c safe.directory='*' -C "$repository" "$@"; }

# The commit of what is not committed yet: the files as they are, dated as the newest of them.
snapshot() {
  set -e # a command substitution forgets it
  local newest identity=(-c user.name=muster -c user.email=muster@localhost)
  export GIT_DIR=$PWD/snapshot.git
  git init --quiet --bare "$GIT_DIR"
  git -C "$repository" -c core.bare=false -c core.excludesFile=/dev/null --work-tree=. add --all . >&2
  newest=$(git ls-files -z | (cd "$repository" && xargs --null --no-run-if-empty stat --format=%Y) | sort -n | tail -n 1)
  [ -n "$newest" ] || fail "$repository has no file: nothing could be released"
  export GIT_AUTHOR_DATE="@$newest +0000" GIT_COMMITTER_DATE="@$newest +0000"
  git "${identity[@]}" commit-tree -m "Not committed yet" "$(git write-tree)"
}

made_of=
if [ "$IS_NIGHTLY" != true ]; then
  commit=$(repo rev-parse --quiet --verify "refs/tags/$TAG^{commit}") ||
    fail "$repository has no tag $TAG: make it on the version's commit (git tag $TAG) and build again"
elif ! commit=$(repo rev-parse --quiet --verify 'HEAD^{commit}'); then
  if [ -z "$RECIPES_AT_HOME" ] || [ ! -e "$repository/.git" ]; then fail "$repository has no commit"; fi
  made_of="the files as they are, for nothing is committed yet"
  commit=$(snapshot)
  repository=$PWD/snapshot.git
fi

# The settings are named, so that a user's own do not change the bytes.
repo -c core.autocrlf=false -c tar.umask=0022 archive --format=tar --prefix="$ROOT_FOLDER/" "$commit" |
  gzip -9 --no-name >"$tarball"
sha256sum "$tarball" >"$tarball.sha256"
if [ -n "${KEY_NAME:-}" ]; then gpg --batch --output "$tarball.sig" --detach-sign "$tarball"; fi
upload
note "${made_of:-commit $(repo log -1 --format='%h of %cs' "$commit")}, sha256 $(cut -c 1-12 "$tarball.sha256")…"
