#!/bin/bash
# What the tasks of fake builds run: nothing, for a while. MUSTER_DUMMY_SECONDS says how long, as `2` or as the range `10-40`.
set -euo pipefail

seconds=${MUSTER_DUMMY_SECONDS:-10-40}
if [[ $seconds =~ ^([0-9]+)-([0-9]+)$ ]] && ((BASH_REMATCH[1] <= BASH_REMATCH[2])); then
  seconds=$((BASH_REMATCH[1] + RANDOM % (BASH_REMATCH[2] - BASH_REMATCH[1] + 1)))
elif ! [[ $seconds =~ ^[0-9]+(\.[0-9]+)?$ ]]; then
  echo "MUSTER_DUMMY_SECONDS=$seconds is neither seconds nor a range of them such as 10-40" >&2
  exit 2
fi
echo "dummy task for ${VERSION:-no version}${DISTRO:+ on $DISTRO}: sleeping $seconds s"
exec sleep "$seconds"
