#!/bin/bash
# What tasks of fake builds run: nothing, for 10 to 40 seconds, or for MUSTER_DUMMY_SECONDS (`2`, or a range such as `1-3`).
set -euo pipefail

range=${MUSTER_DUMMY_SECONDS:-10-40}
if ! [[ $range =~ ^([0-9]+)(-([0-9]+))?$ ]] || ((${BASH_REMATCH[3]:-${BASH_REMATCH[1]}} < BASH_REMATCH[1])); then
  echo "MUSTER_DUMMY_SECONDS=$range is neither seconds nor a range of seconds" >&2
  exit 2
fi
from=${BASH_REMATCH[1]}
seconds=$((from + RANDOM % (${BASH_REMATCH[3]:-$from} - from + 1)))
echo "${MUSTER_TASK:-a dummy task} sleeps $seconds s"
exec sleep "$seconds"
