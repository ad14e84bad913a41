#!/bin/bash
# Sourced once on a worker before its first task: sees to the tools that the scripts use, and tells them two places.

# On one machine: the checkout that is released. The stage gives it to the worker; the variable reaches the tasks from here.
if [ -n "${MUSTER_REPOSITORY:-}" ]; then
  export MUSTER_REPOSITORY
fi

# The key that signs releases lies with Muster's own records, never where users download.
export SIGNING_KEY="s3://$STATE_BUCKET/signing/private-key.asc"

missing=()
for tool in git tar gzip dpkg-deb; do
  command -v "$tool" >/dev/null || missing+=("$tool")
done
if [ -z "${MUSTER_REPOSITORY:-}" ]; then
  # A worker on AWS starts from the distribution's bare image, and installs the release's dependencies from the npm registry.
  command -v npm >/dev/null || missing+=(npm)
  if [ "${#missing[@]}" -gt 0 ]; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 update -q || return
    apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 install -q -y --no-install-recommends \
      ca-certificates git gzip npm tar || return
  fi
elif [ "${#missing[@]}" -gt 0 ]; then
  echo "this machine has no ${missing[*]}: install what is missing (apt-get install git tar gzip dpkg) and build again" >&2
  return 1
fi
