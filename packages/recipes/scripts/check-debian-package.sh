#!/bin/bash
# Before a build starts on this machine: whether it can make a chroot of the release, and has what goes with it.
set -euo pipefail
# shellcheck disable=SC1091 # it lies beside this one
source "$(dirname "$0")/init.sh"
need_for_debian_package
check_chroot "$DISTRO" "$MIRROR"
