#!/bin/bash
# After a test: what has passed is not tested again.
set -euo pipefail
if [ "$SUCCESS" != true ]; then exit; fi
date --utc >tested
muster-s3 cp tested "s3://$SCRATCH_BUCKET/$TESTED_KEY" >/dev/null
