#!/bin/bash
# The packages as users get them: installed from the published repository in a clean chroot, run, removed.
set -euo pipefail
installed bash -ec "$RUN"
date --utc >tested
muster-s3 cp tested "s3://$SCRATCH_BUCKET/$TESTED_KEY" >/dev/null
note "$PACKAGES: installed, run, removed"
