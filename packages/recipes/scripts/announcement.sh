#!/bin/bash
# Announces the versions of a build that were not announced before, in one message; each is written down once it is out.
set -euo pipefail
if [ -n "$WEBHOOK_SECRET" ] && [ -z "$RECIPES_AT_HOME" ]; then
  WEBHOOK_URL=$(secret "$WEBHOOK_SECRET")
fi

keys=() texts=
while IFS=$'\t' read -r key text; do
  if there "s3://$DOWNLOADS_BUCKET/$key"; then continue; fi
  keys+=("$key")
  printf '%b\n' "$text" >"text-${#keys[@]}"
  texts+="$(cat "text-${#keys[@]}")"$'\n'
done <<<"$ANNOUNCED"
if [ "${#keys[@]}" = 0 ]; then
  note "all were announced before"
  exit
fi

if [ -n "$WEBHOOK_URL" ]; then
  need curl:curl jq:jq
  jq --null-input --arg text "${texts%$'\n'}" '{ text: $text }' >message.json
  # The address is a secret: it is no argument, which anybody on the machine could see.
  curl --silent --show-error --fail --retry 3 --max-time 60 --header 'content-type: application/json' --data-binary @message.json \
    --output /dev/null --config - <<<"url = \"$WEBHOOK_URL\"" 2>curl.log || fail "the announcement is not taken: $(tail -n 1 curl.log)"
fi
for index in "${!keys[@]}"; do
  muster-s3 cp "text-$((index + 1))" "s3://$DOWNLOADS_BUCKET/${keys[$index]}" --content-type 'text/plain; charset=utf-8' >/dev/null
done
note "announced: ${#keys[@]}"
