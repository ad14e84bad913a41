#!/bin/bash
# Sourced once on a worker that pushes to git repositories: what its script needs.

export DEBIAN_FRONTEND=noninteractive
apt-get -q -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 update || return
apt-get -q -y -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 install --no-install-recommends \
  awscli ca-certificates git openssh-client
