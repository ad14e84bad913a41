#!/bin/bash
# Sourced once on a worker that uses containers: docker, and what the scripts need beside it.

export DEBIAN_FRONTEND=noninteractive
apt-get -q -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 update || return
apt-get -q -y -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 install --no-install-recommends \
  awscli ca-certificates docker.io git jq || return
systemctl start docker
