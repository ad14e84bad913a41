/** Of one line, or of several lines that read the same. */
type CallsByLine = Readonly<Record<string, readonly string[]>>;

/**
 * What hhvm's scripts ask of AWS: each line that does, as it stands there, with its calls. They need the packaging of HHVM, its containers and its
 * volume to run, so that nothing records them; a test holds the lines against the scripts.
 */
export const hhvmScriptCalls: Readonly<Record<string, CallsByLine>> = {
  "scripts/init/signing-key.sh": signingKey(),
  "scripts/init/repositories.sh": {
    ...signingKey(),
    'aws ec2 detach-volume --volume-id "$volume" >/dev/null': ["ec2:DetachVolume hhvm-package-repositories"],
    // A waiter asks again and again what the volume is like.
    'aws ec2 wait volume-available --volume-ids "$volume"': ["ec2:DescribeVolumes *"],
    'volume_id=$(aws ec2 describe-volumes --filters "Name=tag:Name,Values=$volume_name" \\': ["ec2:DescribeVolumes *"],
    'aws ec2 wait volume-available --volume-ids "$volume_id" || return': ["ec2:DescribeVolumes *"],
    'aws ec2 attach-volume --volume-id "$volume_id" --instance-id "$instance" --device /dev/sdf >/dev/null || return': [
      "ec2:AttachVolume hhvm-package-repositories",
    ],
    'aws ec2 wait volume-in-use --volume-ids "$volume" || return': ["ec2:DescribeVolumes *"],
  },
  "scripts/make-source-tarball.sh": {
    'aws secretsmanager get-secret-value --secret-id "${SECRET_PREFIX:-}hhvm/git-ssh-key" --query SecretString --output text >"$ssh_key"':
      ["secretsmanager:GetSecretValue hhvm/git-ssh-key"],
    'muster-s3 cp "$RESTORE_FROM" "$tarball" "$RESTORE_FROM.sig" "$tarball.sig"': [
      "s3:GetObject downloads/source/hhvm-4.28.2.tar.gz",
      "s3:GetObject downloads/source/hhvm-4.28.2.tar.gz.sig",
    ],
    'muster-s3 cp "$tarball.sig" "$S3_SOURCE.sig" --content-type application/pgp-signature': [
      "s3:PutObject scratch/hhvm-4.28.2.tar.gz.sig",
      "s3:PutObject downloads/source/nightlies/hhvm-nightly-2026.11.24.tar.gz.sig",
    ],
    'muster-s3 cp "$tarball" "$S3_SOURCE" --content-type application/gzip': [
      "s3:PutObject scratch/hhvm-4.28.2.tar.gz",
      "s3:PutObject downloads/source/nightlies/hhvm-nightly-2026.11.24.tar.gz",
    ],
  },
  "scripts/make-binary-package.sh": {
    'muster-s3 cp "$S3_SOURCE" "$out/$source"': [
      "s3:GetObject scratch/hhvm-4.28.2.tar.gz",
      "s3:GetObject downloads/source/nightlies/hhvm-nightly-2026.11.24.tar.gz",
    ],
    'cached=$(muster-s3 ls "$cache") downloads=()': ["s3:ListBucket hhvm-nodist"],
    'if [ "${#downloads[@]}" -gt 0 ]; then muster-s3 cp "${downloads[@]}"; fi': [
      "s3:GetObject hhvm-nodist/ubuntu-18.04-bionic/boost.tar.gz",
    ],
    'if [ "${#to_cache[@]}" -gt 0 ]; then muster-s3 cp "${to_cache[@]}"; fi': [
      "s3:PutObject hhvm-nodist/ubuntu-18.04-bionic/boost.tar.gz",
    ],
    'muster-s3 cp "${listed[@]}"': [
      "s3:PutObject scratch/4.28.2/ubuntu-18.04-bionic/hhvm_4.28.2-1~bionic_amd64.deb",
      "s3:PutObject scratch/2026.11.24/debian-11-bullseye/hhvm-nightly_2026.11.24.orig.tar.gz",
    ],
    'muster-s3 cp "$out/$changes" "$built/$changes" --content-type text/plain': [
      "s3:PutObject scratch/4.28.2/ubuntu-18.04-bionic/hhvm_4.28.2-1~bionic_amd64.changes",
    ],
  },
  "scripts/after-task/make-binary-package.sh": {
    'muster-s3 cp build.log.gz "s3://$SCRATCH_BUCKET/build-logs/$tag.log.gz" --content-type application/gzip': [
      "s3:PutObject scratch/build-logs/4.28.2_ubuntu-18.04-bionic_i-0123456789abcdef0.log.gz",
    ],
    // Needs no permission. @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
    "account=$(aws sts get-caller-identity --query Account --output text)": [],
    'aws ecr get-login-password | docker login --username AWS --password-stdin "$registry"': [
      "ecr:GetAuthorizationToken *",
    ],
    'docker push --quiet "$image"': ["ecr:PutImage hhvm-successful-builds", "ecr:PutImage hhvm-failed-builds"],
  },
  "scripts/publish-binary-packages.sh": {
    // Called by the lines below that say `there` and `etag_of`.
    'muster-s3 exists "$1" || status=$?': [],
    'etag_of "$family" "$suite" >/dev/null': [],
    'etag=$(etag_of "$1" "$2")': [],
    'etag=$(etag_of "$1" "$suite")': [],
    'if ! there "s3://$DOWNLOADS_BUCKET/$1/dists/$2/InRelease"; then return; fi': [
      "s3:GetObject downloads/debian/dists/bullseye/InRelease",
    ],
    'muster-s3 cp "s3://$DOWNLOADS_BUCKET/$1/dists/$2/InRelease" "$folder/InRelease" >&2': [
      "s3:GetObject downloads/ubuntu/dists/bionic-4.28/InRelease",
    ],
    'muster-s3 cp "s3://$DOWNLOADS_BUCKET/$1/dists/$2/$file" "$folder/$index" || exit': [
      "s3:GetObject downloads/ubuntu/dists/bionic-4.28/main/binary-amd64/Packages.gz",
    ],
    'if ! there "$built/$changes"; then': [
      "s3:GetObject scratch/4.28.2/ubuntu-18.04-bionic/hhvm_4.28.2-1~bionic_amd64.changes",
    ],
    'muster-s3 cp "$built/$changes" "$1/$changes"': [
      "s3:GetObject scratch/4.28.2/ubuntu-18.04-bionic/hhvm_4.28.2-1~bionic_amd64.changes",
    ],
    'muster-s3 cp "${listed[@]}"': ["s3:GetObject scratch/4.28.2/debian-11-bullseye/hhvm_4.28.2-1~bullseye_amd64.deb"],
    'listing=$(muster-s3 ls "$folder") || exit': ["s3:ListBucket downloads"],
    'if [[ $path == *_"$VERSION"[-.]* ]]; then found=$(muster-s3 cp "$url" - | sha256sum | cut -d \' \' -f 1); fi': [
      "s3:GetObject downloads/debian/pool/main/h/hhvm/hhvm_4.28.2.orig.tar.gz",
    ],
    'if [ "${#packages[@]}" -gt 0 ]; then muster-s3 cp "${packages[@]}" --content-type application/vnd.debian.binary-package; fi':
      [
        "s3:PutObject downloads/debian/pool/main/h/hhvm/hhvm_4.28.2-1~bullseye_amd64.deb",
        "s3:PutObject downloads/ubuntu/pool/main/h/hhvm/hhvm_4.28.2-1~bionic_amd64.deb",
      ],
    'if [ "${#others[@]}" -gt 0 ]; then muster-s3 cp "${others[@]}" --content-type application/octet-stream; fi': [
      "s3:PutObject downloads/ubuntu/pool/main/h/hhvm/hhvm_4.28.2.orig.tar.gz",
    ],
    'muster-s3 cp "${by_hash[@]}"': [
      "s3:PutObject downloads/ubuntu/dists/bionic/main/binary-amd64/by-hash/SHA256/0a1b",
    ],
    'muster-s3 cp "$folder/InRelease" "$url/InRelease" "${condition[@]}"': [
      "s3:PutObject downloads/debian/dists/bullseye/InRelease",
      "s3:PutObject downloads/ubuntu/dists/bionic/InRelease",
    ],
    'muster-s3 cp "${by_name[@]}"': ["s3:PutObject downloads/ubuntu/dists/bionic/Release"],
    // A version that is taken back, and the one before that is put in its place.
    'etag=$(etag_of "$family" "$suite")': [],
    'done < <(muster-s3 ls "s3://$DOWNLOADS_BUCKET/$1/pool/main/h/$package/")': ["s3:ListBucket downloads"],
    'done < <(muster-s3 ls "s3://$DOWNLOADS_BUCKET/$1/pool/main/h/$package/${package}_$series" |': [
      "s3:ListBucket downloads",
    ],
    'if there "$pool/${package}_$debian_version.dsc"; then': [
      "s3:GetObject downloads/debian/pool/main/h/hhvm/hhvm_4.28.2-1~bullseye.dsc",
    ],
    'muster-s3 cp "$pool/${package}_$debian_version.dsc" "before/${package}_$debian_version.dsc"': [
      "s3:GetObject downloads/debian/pool/main/h/hhvm/hhvm_4.28.2-1~bullseye.dsc",
    ],
    'muster-s3 cp "${copies[@]}"': ["s3:GetObject downloads/ubuntu/pool/main/h/hhvm/hhvm_4.28.2-1~bionic_amd64.deb"],
    'if [[ $url == *_"$VERSION"[-.]* ]] && ! [ -e "$REPOSITORIES/$1/${url#"s3://$DOWNLOADS_BUCKET/$1/"}" ]; then muster-s3 rm "$url"; fi':
      [
        "s3:DeleteObject downloads/debian/pool/main/h/hhvm/hhvm_4.28.2-1~bullseye_amd64.deb",
        "s3:DeleteObject downloads/ubuntu/pool/main/h/hhvm/hhvm_4.28.2.orig.tar.gz",
      ],
    'muster-s3 cp "${files[@]}"': [
      "s3:PutObject downloads/debian/conf/distributions",
      "s3:PutObject downloads/ubuntu/db/packages.db",
    ],
  },
  "scripts/publish-source-tarball.sh": {
    'aws secretsmanager get-secret-value --secret-id "${SECRET_PREFIX:-}hhvm/git-ssh-key" --query SecretString --output text >"$ssh_key"':
      ["secretsmanager:GetSecretValue hhvm/git-ssh-key"],
    'muster-s3 cp "$S3_SOURCE" "$tarball" "$S3_SOURCE.sig" "$tarball.sig"': [
      "s3:GetObject scratch/hhvm-4.28.2.tar.gz",
      "s3:GetObject scratch/hhvm-4.28.2.tar.gz.sig",
    ],
    'muster-s3 cp "$tarball.sig" "s3://$DOWNLOADS_BUCKET/source/$tarball.sig" --content-type application/pgp-signature':
      ["s3:PutObject downloads/source/hhvm-4.28.2.tar.gz.sig"],
    'muster-s3 cp "$tarball" "s3://$DOWNLOADS_BUCKET/source/$tarball" --content-type application/gzip': [
      "s3:PutObject downloads/source/hhvm-4.28.2.tar.gz",
    ],
  },
  "scripts/withdraw-source-tarball.sh": {
    'for object in $TAKE_BACK; do muster-s3 rm "$object"; done': [
      "s3:DeleteObject downloads/source/hhvm-4.28.2.tar.gz",
      "s3:DeleteObject downloads/source/hhvm-4.28.2.tar.gz.sig",
    ],
  },
  "scripts/withdraw-nightly-tarball.sh": {
    'for object in $TAKE_BACK; do muster-s3 rm "$object"; done': [
      "s3:DeleteObject downloads/source/nightlies/hhvm-nightly-2026.11.24.tar.gz",
      "s3:DeleteObject downloads/source/nightlies/hhvm-nightly-2026.11.24.tar.gz.sig",
    ],
  },
  "scripts/publish-docker-images.sh": {
    'muster-s3 exists "$suite/InRelease" || status=$?': ["s3:GetObject downloads/ubuntu/dists/bionic-4.28/InRelease"],
    'muster-s3 cp "$suite/InRelease" InRelease || exit': ["s3:GetObject downloads/ubuntu/dists/bionic-4.28/InRelease"],
    'muster-s3 cp "$suite/$index" Packages.gz || exit': [
      "s3:GetObject downloads/ubuntu/dists/bionic-4.28/main/binary-amd64/by-hash/SHA256/0a1b",
    ],
    "muster-s3 ls \"s3://$DOWNLOADS_BUCKET/source/hhvm-$1\" | sed -nE 's|.*/hhvm-([0-9.]+)\\.tar\\.gz$|\\1|p' |": [
      "s3:ListBucket downloads",
    ],
    'account=$(aws secretsmanager get-secret-value --secret-id "${SECRET_PREFIX:-}hhvm/docker-hub" --query SecretString --output text)':
      ["secretsmanager:GetSecretValue hhvm/docker-hub"],
  },
};

function signingKey(): CallsByLine {
  return {
    'muster-s3 cp "s3://$STATE_BUCKET/signing/key.gpg" key.gpg "s3://$STATE_BUCKET/signing/key.passphrase.kms" passphrase.kms':
      ["s3:GetObject state/signing/key.gpg", "s3:GetObject state/signing/key.passphrase.kms"],
    "aws kms decrypt --ciphertext-blob fileb://passphrase.kms --query Plaintext --output text | base64 --decode >passphrase":
      ["kms:Decrypt alias/hhvm-signing-key"],
  };
}
