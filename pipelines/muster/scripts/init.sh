#!/bin/bash
# Sourced once on a worker before its first task: sees to the tools that the scripts use, and tells them two places.

# On one machine: the checkout that is released. The stage gives it to the worker; the variable reaches the tasks from here.
if [ -n "${MUSTER_REPOSITORY:-}" ]; then
  export MUSTER_REPOSITORY
fi

# The key that signs releases lies with Muster's own records, never where users download.
export SIGNING_KEY="s3://$STATE_BUCKET/signing/private-key.asc"

needed=(dpkg-deb git gzip tar)
# A checkout of one machine has its dependencies already, and its Node may lie where no other shell looks.
[ -n "${MUSTER_REPOSITORY:-}" ] || needed+=(npm)
missing=()
for tool in "${needed[@]}"; do
  command -v "$tool" >/dev/null || missing+=("$tool")
done
if [ "${#missing[@]}" -gt 0 ]; then
  # A machine that is somebody's own is left as it is; one that EC2 started for this starts from the distribution's bare image.
  if [ -n "${AWS_ENDPOINT_URL:-}" ]; then
    echo "this machine has no ${missing[*]}: install what is missing (apt-get install dpkg git gzip npm tar) and build again" >&2
    return 1
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 update -q || return
  apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 install -q -y --no-install-recommends \
    ca-certificates dpkg git gzip npm tar || return
fi
