#!/bin/bash
# A version's release on GitHub with its files. It is a draft until it has them all, so that nobody sees half a release, and whoever comes again finds
# what an attempt before has left, also where its answer was lost: what is there stays, what is missing is added. Its URL last.
set -euo pipefail
need gh:gh
if [ -n "$TOKEN_SECRET" ] && [ -z "$RECIPES_AT_HOME" ]; then
  # gh asks the one for github.com and the other for any host of its own.
  GH_TOKEN=$(secret "$TOKEN_SECRET")
  export GH_TOKEN GH_ENTERPRISE_TOKEN=$GH_TOKEN
fi
export GH_PROMPT_DISABLED=1 GH_NO_UPDATE_NOTIFIER=1 NO_COLOR=1

# In one line, what gh said and what is to be done about it.
refused() { # what for
  local said token='log in by gh auth login'
  said=$(sed '/^$/d' gh.log | paste -s -d ' ' | head -c 300)
  if [ -n "$TOKEN_SECRET" ] && [ -z "$RECIPES_AT_HOME" ]; then token="put one that may write contents into the secret $TOKEN_SECRET"; fi
  case $said in
    *'rate limit'*) fail "GitHub takes no more requests of this token for now: build again in an hour ($said)" ;;
    *'gh auth login'* | *'HTTP 401'* | *'401 Unauthorized'*) fail "GitHub does not know who asks for $GH_REPO: $token ($said)" ;;
    *'HTTP 403'* | *'403 Forbidden'*) fail "the token may not $1 $GH_REPO: $token ($said)" ;;
    *'HTTP 404'* | *'404 Not Found'* | *'Could not resolve to a Repository'*)
      fail "GitHub has no repository $GH_REPO that this token may write to: name it as owner/name, or $token ($said)"
      ;;
    *"tag $TAG doesn't exist"*) fail "$GH_REPO has no tag $TAG: push it (git push <remote> $TAG) and build again" ;;
    *'unknown flag'* | *'unknown command'*) fail "$(gh --version | head -n 1) is too old for releases: install 2.23 or later" ;;
    *) fail "GitHub could not $1 $GH_REPO; what is there is kept, build again later: $said" ;;
  esac
}

# What there is of the release, in release.json; fails where there is none.
find_release() {
  if gh release view "$TAG" --json isDraft,assets,url >release.json 2>gh.log; then return; fi
  grep --quiet 'release not found' gh.log || refused "read releases of"
  return 1
}

create_release() {
  local options=(--draft --title "$TITLE" --verify-tag)
  if [ -n "$NOTES" ]; then options+=(--notes "$NOTES"); else options+=(--generate-notes); fi
  if [ "$PRERELEASE" = true ]; then options+=(--prerelease); fi
  gh release create "$TAG" "${options[@]}" >/dev/null 2>gh.log || refused "make a release of"
}

field() { jq --raw-output "$@" release.json; }

# Lists in `lacking` what the release has not, or not whole.
compare_files() {
  local file name
  : >lacking
  for file in files/*; do
    name=${file#files/}
    # shellcheck disable=SC2016 # jq's own variable
    if [ "$(field --arg name "$name" '.assets[] | select(.name == $name) | .state')" = uploaded ]; then
      gh release download "$TAG" --pattern "$name" --dir theirs 2>gh.log || refused "read files of"
      if cmp --silent "$file" "theirs/$name"; then continue; fi
      if [ "$(field .isDraft)" = false ]; then
        fail "the release $TAG on GitHub has another $name than is published: remove the one that is wrong (gh release delete-asset $TAG $name) and build again"
      fi
    fi
    echo "$file" >>lacking
  done
}

need jq:jq
mkdir files theirs
shopt -s extglob nullglob
while read -r key; do
  if [ -z "$key" ]; then continue; fi
  # GitHub gives a file such a name whatever it is called: of hello_1.0~rc1.deb it makes hello_1.0.rc1.deb.
  name=${key##*/}
  name=${name//+([^A-Za-z0-9_+@-])/.}
  [ ! -e "files/$name" ] || fail "githubRelease({ files }) names two files that GitHub calls $name: $ATTACHED"
  muster-s3 cp "s3://$DOWNLOADS_BUCKET/$key" "files/$name" >/dev/null || fail "$key, which githubRelease({ files }) names, is not published"
done <<<"$ATTACHED"

if ! find_release; then
  create_release
  find_release || fail "GitHub has made the release $TAG and does not show it yet: build again"
fi
compare_files
mapfile -t lacking <lacking
# Of a former attempt there may be half a file.
if [ "${#lacking[@]}" -gt 0 ]; then gh release upload "$TAG" --clobber "${lacking[@]}" 2>gh.log || refused "attach files to a release of"; fi
if [ "$(field .isDraft)" = true ]; then gh release edit "$TAG" --draft=false >/dev/null 2>gh.log || refused "publish a release of"; fi
find_release || fail "the release $TAG was removed meanwhile: build again"
field .url >release.txt
muster-s3 cp release.txt "s3://$DOWNLOADS_BUCKET/$RECORD_KEY" --content-type text/plain >/dev/null
note "$(cat release.txt)"
