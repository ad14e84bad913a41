#!/bin/bash
# Makes a version's release on GitHub a draft again: nobody but the repository's own people sees it, its files are kept, and whoever publishes the version
# again goes on with it. The record of it goes last.
set -euo pipefail
need gh:gh
if [ -n "$TOKEN_SECRET" ] && [ -z "$RECIPES_AT_HOME" ]; then
  # gh asks the one for github.com and the other for any host of its own.
  GH_TOKEN=$(secret "$TOKEN_SECRET")
  export GH_TOKEN GH_ENTERPRISE_TOKEN=$GH_TOKEN
fi
export GH_PROMPT_DISABLED=1 GH_NO_UPDATE_NOTIFIER=1 NO_COLOR=1

if gh release view "$TAG" --json url >release.json 2>gh.log; then
  gh release edit "$TAG" --draft=true >/dev/null 2>gh.log ||
    fail "GitHub could not make the release $TAG of $GH_REPO a draft; say it again later: $(sed '/^$/d' gh.log | paste -s -d ' ' | head -c 300)"
  said="$TAG is a draft again"
elif grep --quiet 'release not found' gh.log; then
  said="there is no release $TAG"
else
  fail "GitHub could not read releases of $GH_REPO; say it again later: $(sed '/^$/d' gh.log | paste -s -d ' ' | head -c 300)"
fi
for object in $TAKE_BACK; do muster-s3 rm "$object" >/dev/null; done
note "$said"
