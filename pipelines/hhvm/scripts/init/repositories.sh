#!/bin/bash
# Sourced once on the worker that publishes packages: its tools, the GPG key that signs repositories (see signing-key.sh), and the shared EBS
# volume with the repositories, which only one machine can have at a time.

export DEBIAN_FRONTEND=noninteractive
apt-get -q -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 update || return
apt-get -q -y -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 install --no-install-recommends \
  awscli ca-certificates curl git gnupg reprepro || return

GNUPGHOME=$(mktemp --directory --tmpdir=/dev/shm gnupg.XXXXXX) || return
export GNUPGHOME
export REPOSITORIES=/mnt/repositories
volume=
mounted=

cleanup() {
  if [ -n "$mounted" ]; then umount "$REPOSITORIES"; fi
  if [ -n "$volume" ]; then
    aws ec2 detach-volume --volume-id "$volume" >/dev/null
    aws ec2 wait volume-available --volume-ids "$volume"
  fi
  gpgconf --kill gpg-agent
  rm -rf "$GNUPGHOME"
}

import_signing_key() (
  set -euo pipefail
  cd "$GNUPGHOME"
  trap 'rm -f passphrase passphrase.kms key.gpg' EXIT
  muster-s3 cp "s3://$STATE_BUCKET/signing/key.gpg" key.gpg "s3://$STATE_BUCKET/signing/key.passphrase.kms" passphrase.kms
  aws kms decrypt --ciphertext-blob fileb://passphrase.kms --query Plaintext --output text | base64 --decode >passphrase
  gpg --batch --quiet --pinentry-mode loopback --passphrase-file passphrase --decrypt key.gpg | gpg --batch --quiet --import
)
import_signing_key || return

metadata() {
  local token
  token=$(curl -sSf -X PUT -H "X-aws-ec2-metadata-token-ttl-seconds: 60" "http://169.254.169.254/latest/api/token") || return
  curl -sSf -H "X-aws-ec2-metadata-token: $token" "http://169.254.169.254/latest/meta-data/$1"
}

instance=$(metadata instance-id) || return
volume_name=${VOLUME_PREFIX:-}hhvm-package-repositories
volume_id=$(aws ec2 describe-volumes --filters "Name=tag:Name,Values=$volume_name" \
  --query 'Volumes[0].VolumeId' --output text) || return
if [ "$volume_id" = None ]; then
  echo "there is no EBS volume with the Name tag $volume_name" >&2
  return 1
fi

# A publisher that is still shutting down has the volume for some minutes more.
aws ec2 wait volume-available --volume-ids "$volume_id" || return
aws ec2 attach-volume --volume-id "$volume_id" --instance-id "$instance" --device /dev/sdf >/dev/null || return
volume=$volume_id
aws ec2 wait volume-in-use --volume-ids "$volume" || return

# The device's name depends on the kind of machine: /dev/xvdf, or a link to an NVMe device that bears the volume's id.
device=
for _ in {1..60}; do
  for candidate in /dev/xvdf "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${volume/-/}"; do
    if [ -b "$candidate" ]; then device=$candidate; fi
  done
  if [ -n "$device" ]; then break; fi
  sleep 1
done
if [ -z "$device" ]; then
  echo "the volume $volume is attached, but its device does not appear" >&2
  return 1
fi
mkdir -p "$REPOSITORIES" && mount "$device" "$REPOSITORIES" || return
mounted=yes
