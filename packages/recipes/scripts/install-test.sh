#!/bin/bash
# The packages as users get them: installed from the published repository in a clean chroot, run, removed.
set -euo pipefail
installed bash -ec "$RUN"
note "$PACKAGES: installed, run, removed"
