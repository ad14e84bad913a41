#!/bin/bash
# Sourced once on a worker that makes source tarballs: its tools, and the GPG key that signs.
# The key lies with Muster's own records, where nothing expires it, encrypted with a passphrase that is itself encrypted by KMS; decrypted it is
# in memory only.

export DEBIAN_FRONTEND=noninteractive
apt-get -q -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 update || return
apt-get -q -y -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 install --no-install-recommends \
  awscli ca-certificates git gnupg openssh-client || return

GNUPGHOME=$(mktemp --directory --tmpdir=/dev/shm gnupg.XXXXXX) || return
export GNUPGHOME

cleanup() {
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
import_signing_key
