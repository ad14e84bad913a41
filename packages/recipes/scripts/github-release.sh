#!/bin/bash
# A version's release on GitHub with its files; where it is there already, what it lacks is attached. Its URL last.
set -euo pipefail
need gh:gh
if [ -n "$TOKEN_SECRET" ]; then
  need aws:awscli
  GH_TOKEN=$(aws secretsmanager get-secret-value --secret-id "${SECRET_PREFIX:-}$TOKEN_SECRET" --query SecretString --output text)
  # gh asks the one for github.com and the other for any host of its own.
  export GH_TOKEN GH_ENTERPRISE_TOKEN=$GH_TOKEN
fi
export GH_PROMPT_DISABLED=1 GH_NO_UPDATE_NOTIFIER=1 NO_COLOR=1

mkdir files
files=()
while read -r key; do
  if [ -z "$key" ]; then continue; fi
  muster-s3 cp "s3://$DOWNLOADS_BUCKET/$key" "files/${key##*/}" >/dev/null || fail "$key, which githubRelease({ files }) names, is not published"
  files+=("files/${key##*/}")
done <<<"$ATTACHED"

if gh release view "$TAG" >/dev/null 2>view.log; then
  if [ "${#files[@]}" -gt 0 ]; then gh release upload "$TAG" --clobber "${files[@]}"; fi
elif grep --quiet 'release not found' view.log; then
  options=(--title "$TITLE" --verify-tag)
  if [ -n "$NOTES" ]; then options+=(--notes "$NOTES"); else options+=(--generate-notes); fi
  if [ "$PRERELEASE" = true ]; then options+=(--prerelease); fi
  gh release create "$TAG" "${options[@]}" "${files[@]}"
else
  fail "GitHub does not answer for $GH_REPO: $(tail -n 1 view.log)"
fi
gh release view "$TAG" --json url --jq .url >release.txt
muster-s3 cp release.txt "s3://$DOWNLOADS_BUCKET/$RECORD_KEY" --content-type text/plain >/dev/null
note "$(cat release.txt)"
