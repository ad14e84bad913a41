#!/bin/bash
# Sourced once on a worker before its first task: functions that the recipes' scripts share, which reach them as exported functions do.

export RECIPES_STATE_BUCKET=$STATE_BUCKET
# On one machine: the checkout that the pipeline lies in.
export MUSTER_REPOSITORY=${MUSTER_REPOSITORY:-}
# Where this is set, the machine is somebody's own and is left as it is.
export RECIPES_AT_HOME=${AWS_ENDPOINT_URL:-}

fail() { # why
  echo "error: $*" >&2
  exit 1
}

# Sees to tools: a machine that EC2 started for this starts from the distribution's bare image.
need() { # command or file:package…
  local each missing=()
  for each; do
    command -v "${each%%:*}" >/dev/null || [ -e "${each%%:*}" ] || missing+=("${each##*:}")
  done
  if [ "${#missing[@]}" = 0 ]; then return; fi
  if [ -n "$RECIPES_AT_HOME" ]; then
    fail "this machine lacks ${missing[*]}: run apt-get install ${missing[*]} and build again"
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get -q -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 update
  apt-get -q -y -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 install --no-install-recommends "${missing[@]}"
}

need_for_debian_package() {
  local tools=(dpkg-source:dpkg-dev xz:xz-utils mmdebstrap:mmdebstrap zstd:zstd)
  if [ -n "${DSC:-}" ]; then tools+=(dget:devscripts); fi
  if [ "$LINTIAN" != off ]; then tools+=(lintian:lintian); fi
  need "${tools[@]}"
}

there() { # url
  local status=0
  muster-s3 exists "$1" || status=$?
  # Not to know is not the same as not to be there.
  if [ "$status" -gt 1 ]; then exit "$status"; fi
  return "$status"
}

note() { # what a report shows of the task
  echo "$1"
  printf '{"note":"%s"}' "${1//[\"\\]/}" >"$MUSTER_RESULT"
}

# Prints a secret's value. Its name is the definition's.
secret() { # name
  local id=${SECRET_PREFIX:-}$1 value
  need aws:awscli >&2
  if value=$(aws secretsmanager get-secret-value --secret-id "$id" --query SecretString --output text 2>aws.log); then
    [ "$value" != None ] || fail "the secret $id is binary: put its value as text (aws secretsmanager put-secret-value --secret-id $id --secret-string file://…)"
    printf '%s\n' "$value"
    return
  fi
  refused_by_aws "the secret $id" "aws secretsmanager put-secret-value --secret-id $id --secret-string file://…"
}

# What aws has said in aws.log, in one line, and what is to be done about it.
refused_by_aws() { # what was asked for, how it is put there
  local said
  said=$(sed '/^$/d' aws.log | tail -n 1 | head -c 300)
  case $said in
    *'staging label'*) fail "$1 has no value: put one ($2)" ;;
    *ResourceNotFound* | *NotFoundException*) fail "$1 is not there: make it, and put its value ($2)" ;;
    *AccessDenied*) fail "$1 may not be read here: the step's workers get this right where the stage is deployed with it ($said)" ;;
    *) fail "$1 cannot be had: $said" ;;
  esac
}

generate_key() { # url of the stored key
  local status=0
  if there "s3://$DOWNLOADS_BUCKET/$KEY_NAME-archive-keyring.gpg"; then
    fail "users have $KEY_NAME-archive-keyring.gpg, but $1 is not there: put it back, or remove the former to begin anew"
  fi
  gpg --batch --quiet --passphrase '' --quick-generate-key "$KEY_NAME release signing key" rsa3072 sign never
  gpg --batch --armor --export-secret-keys >"$GNUPGHOME/key"
  muster-s3 cp "$GNUPGHOME/key" "$1" --if-none-match >/dev/null || status=$?
  # 3: another worker was first, and its key is everybody's.
  if [ "$status" = 3 ]; then
    rm -rf "$GNUPGHOME/private-keys-v1.d" "$GNUPGHOME"/pubring*
    gpgconf --kill gpg-agent
    muster-s3 cp "$1" "$GNUPGHOME/key" >/dev/null
  elif [ "$status" != 0 ]; then
    exit "$status"
  fi
}

decrypt_key() { # url of the stored key, without its end
  local file
  for file in gpg passphrase.kms; do
    there "$1.$file" || fail "$1.$file is not there: see Keys in docs/recipes.md"
    muster-s3 cp "$1.$file" "$GNUPGHOME/stored.$file" >/dev/null
  done
  need aws:awscli
  aws kms decrypt --ciphertext-blob "fileb://$GNUPGHOME/stored.passphrase.kms" --query Plaintext --output text 2>aws.log |
    base64 --decode >"$GNUPGHOME/passphrase" || refused_by_aws "the passphrase in $1.passphrase.kms" "see Keys in docs/recipes.md"
  gpg --batch --quiet --pinentry-mode loopback --passphrase-file "$GNUPGHOME/passphrase" --decrypt "$GNUPGHOME/stored.gpg" 2>gpg.log >"$GNUPGHOME/key" ||
    fail "$1.gpg cannot be opened by the passphrase beside it: store both anew ($(tail -n 1 gpg.log))"
}

# Takes the key into the keyring, if it can sign: whoever it cannot sign for learns why before anything is made.
import_key() { # where it is from
  local listed said bad="the signing key $KEY_NAME, from $1,"
  gpg --batch --with-colons --show-keys "$GNUPGHOME/key" >"$GNUPGHOME/listed" 2>gpg.log || true
  listed=$(cut -d : -f 1,2 "$GNUPGHOME/listed")
  case $listed in
    *sec:*sec:*) fail "$bad is more than one key: store the one that signs" ;;
    sec:r*) fail "$bad is revoked: store another, and give users its public half" ;;
    sec:e*) fail "$bad has expired: extend it (gpg --quick-set-expire) and store it again" ;;
    sec:i*) fail "$bad bears no signature of its own, or was cut off: store what gpg --armor --export-secret-keys prints" ;;
    sec:*) ;;
    pub:*) fail "$bad is a public key: store the secret one, which gpg --armor --export-secret-keys prints" ;;
    *) fail "$bad is no OpenPGP key: store what gpg --armor --export-secret-keys prints" ;;
  esac
  gpg --batch --quiet --import "$GNUPGHOME/key" 2>gpg.log || fail "$bad cannot be read: $(tail -n 1 gpg.log)"
  if ! gpg --batch --pinentry-mode loopback --passphrase '' --detach-sign >"$GNUPGHOME/signed" 2>gpg.log <<<probe; then
    said=$(tail -n 1 gpg.log)
    if [[ $said == *assphrase* ]]; then fail "$bad has a passphrase: store it without (gpg --change-passphrase)"; fi
    fail "$bad cannot sign: $said"
  fi
}

# The signing key, in a keyring of this task's own and in memory where that can be; users get its public half.
open_key() {
  local stored=s3://$RECIPES_STATE_BUCKET/signing/$KEY_NAME shelf=/tmp kind=$KEY_FROM from form status url
  need gpg:gnupg
  if [ -w /dev/shm ]; then shelf=/dev/shm; fi
  GNUPGHOME=$(mktemp --directory "$shelf/gnupg.XXXXXX")
  export GNUPGHOME
  trap 'gpgconf --kill gpg-agent || true; rm -rf "$GNUPGHOME"' EXIT
  if [ "$kind" != generated ] && [ -n "$RECIPES_AT_HOME" ]; then
    echo "this machine has no $kind: it signs with a key of its own, $stored.asc"
    kind=generated
  fi
  case $kind in
    generated)
      from=$stored.asc
      if there "$from"; then muster-s3 cp "$from" "$GNUPGHOME/key" >/dev/null; else generate_key "$from"; fi
      ;;
    secrets-manager)
      from="the secret ${SECRET_PREFIX:-}$KEY_SECRET"
      secret "$KEY_SECRET" >"$GNUPGHOME/key"
      ;;
    kms)
      from=$stored.gpg
      decrypt_key "$stored"
      ;;
  esac
  import_key "$from"
  rm -f "$GNUPGHOME/key" "$GNUPGHOME"/stored.* "$GNUPGHOME/passphrase"
  for form in gpg asc; do
    status=0 url=s3://$DOWNLOADS_BUCKET/$KEY_NAME-archive-keyring.$form
    if [ "$form" = gpg ]; then gpg --batch --export >public.gpg; else gpg --batch --export --armor >public.asc; fi
    if ! there "$url"; then muster-s3 cp "public.$form" "$url" --if-none-match >/dev/null || status=$?; fi
    # 3: another worker was first.
    if [ "$status" = 0 ] || [ "$status" = 3 ]; then check_public_key "$url" "$form"; else exit "$status"; fi
  done
}

# Replacing users' key silently would lock them out; a key that was extended is the same key.
check_public_key() { # url gpg|asc
  muster-s3 cp "$1" users.key >/dev/null
  if cmp --silent users.key "public.$2"; then return; fi
  if [ "$(fingerprint_in users.key)" != "$(fingerprint_in "public.$2")" ]; then
    fail "$1 is another key than the one that signs: users would not accept its signatures"
  fi
  muster-s3 cp "public.$2" "$1" >/dev/null
}

fingerprint_in() { # file
  gpg --batch --quiet --with-colons --show-keys "$1" | awk -F: '$1 == "fpr" { print $10; exit }'
}

# What a full disk is called: by the kernel, by Node, by apt.
DISK_IS_FULL='[Nn]o space left on device|enough free space in'
export DISK_IS_FULL

# Passes on what a clean root prints, and answers with what it says of a full disk: a log on that disk would not have it.
watch_disk() {
  sed --unbuffered --quiet --regexp-extended -e 'w /dev/stderr' -e "/$DISK_IS_FULL/p" | tail -n 1
}

fail_of_full_disk() { # chroot, container
  fail "the disk was full in the $1: more rootVolumeGb in the step's worker, or more room for $PWD"
}

# Whether a chroot of a release can be made here, before there is anything to put into it.
check_chroot() { # platform mirror
  local family=${1%%-*} codename=${1##*-} old=http://archive.debian.org/debian usual=http://deb.debian.org/debian mirror why
  if [ "$family" = ubuntu ]; then
    old=http://old-releases.ubuntu.com/ubuntu usual=http://archive.ubuntu.com/ubuntu
    if [ "$(dpkg --print-architecture)" != amd64 ]; then usual=http://ports.ubuntu.com/ubuntu-ports; fi
  fi
  mirror=${2:-$usual}
  need mmdebstrap:mmdebstrap zstd:zstd
  if [ "$(id -u)" != 0 ] && ! { command -v newuidmap && grep "^$(id -un):" /etc/subuid && unshare --user true; } >/dev/null 2>&1; then
    fail "chroots cannot be made here: run as root, or install uidmap and give $(id -un) a range in /etc/subuid and /etc/subgid"
  fi
  # Lines of sources.list, and files of them, are for apt to read.
  if [[ $mirror != http*://* || $mirror == *' '* ]]; then return; fi
  if why=$(fetch "$mirror/dists/$codename/Release" mirror-has); then return; fi
  if [[ $why == *'404 '* ]]; then
    fail "$mirror has no $codename: name a mirror that has it in the step's { mirror } (old releases are at $old), or drop $1"
  fi
  fail "$mirror cannot be reached: ${why:-no reason is given}"
}

# As apt does, whose proxies a machine may need. Prints why it could not.
fetch() { # url file
  local log
  log=$(/usr/lib/apt/apt-helper download-file "$1" "$2" 2>&1) && return
  sed -n 's/^E: Failed to fetch [^ ]* *//p' <<<"$log" | head -n 1
  return 1
}

# Debian 12 has no package of the keys that sign Ubuntu: Ubuntu's archive has them, and the fingerprint says which one is meant.
UBUNTU_KEY=F6ECB3762474EDA9D21B7022871920D1991BC93C
export UBUNTU_KEY

# Prints mmdebstrap's option for the keys of a family that this machine does not know.
keyring_option() { # debian|ubuntu
  local why
  if [ "$1" = debian ]; then need /usr/share/keyrings/debian-archive-keyring.gpg:debian-archive-keyring; fi
  if [ -e "/usr/share/keyrings/$1-archive-keyring.gpg" ]; then return; fi
  need gpg:gnupg
  mkdir -p -m 700 keys
  why=$(fetch http://archive.ubuntu.com/ubuntu/project/ubuntu-archive-keyring.gpg keys/fetched.gpg) || fail "Ubuntu's keys cannot be fetched: $why"
  gpg --homedir keys --batch --quiet --no-default-keyring --keyring ./keys/fetched.gpg --export "$UBUNTU_KEY" >ubuntu.gpg
  [ -s ubuntu.gpg ] || fail "Ubuntu's keys have none with the fingerprint $UBUNTU_KEY"
  echo "--keyring=$PWD/ubuntu.gpg"
}

# A chroot of a release with nothing in it but what a variant of mmdebstrap has, as base.tar.
base_chroot() { # platform variant mirror
  local key family=${1%%-*} codename=${1##*-} options=() full keyring
  check_chroot "$1" "$3"
  key=s3://$SCRATCH_BUCKET/chroots/$1-$2-$(dpkg --print-architecture)-$(date --utc +%G-W%V)$(cksum <<<"$3" | tr ' ' -).tar.zst
  if there "$key"; then
    echo "clean chroot: $key"
    if muster-s3 cp "$key" base.tar.zst >/dev/null && zstd --decompress --quiet --rm base.tar.zst -o base.tar; then return; fi
    echo "it cannot be read, and is made anew"
    rm -f base.tar base.tar.zst
  fi
  echo "clean chroot: bootstrapping $codename, which is kept as $key"
  if [ "$family" = ubuntu ]; then options+=("--components=main universe"); fi
  keyring=$(keyring_option "$family") || exit 1
  if [ -n "$keyring" ]; then options+=("$keyring"); fi
  # Ubuntu's build-essential comes without apt.
  options+=("--variant=$2" --include=apt "--skip=output/dev,output/mknod" --dpkgopt=force-unsafe-io)
  if ! full=$(set -o pipefail && mmdebstrap "${options[@]}" "$codename" base.tar ${3:+"$3"} 2>&1 | watch_disk); then
    if [ -n "$full" ]; then fail_of_full_disk chroot; fi
    fail "$codename could not be bootstrapped${3:+ from $3}, see above"
  fi
  zstd --quiet base.tar -o base.tar.zst
  muster-s3 cp base.tar.zst "$key"
  rm base.tar.zst
}

# A copy of base.tar that is gone afterwards; hooks are mmdebstrap's and see it as "$1". Nothing of theirs ends it with an error: they leave files.
in_chroot() { # platform hook…
  local codename=${1##*-} hooks=() hook
  shift
  for hook; do hooks+=("--customize-hook=$hook"); done
  mmdebstrap --quiet --variant=custom --format=null --skip=update,essential,download,install,cleanup \
    --setup-hook='tar-in base.tar /' "${hooks[@]}" "$codename" /dev/null
}

# buildah with a store of this task's own: of what a task makes nothing stays on the machine.
containers() {
  need buildah:buildah
  buildah --root "$PWD/containers/store" --runroot "$PWD/containers/run" --storage-driver vfs "$@"
}

# A container of an image, whose name is in $container.
base_container() { # image
  mkdir -p containers
  container=$(containers from --quiet "$1" 2>container.log) ||
    fail "the image $1 cannot be had: $(tail -n 1 container.log)"
}

# What `installed` runs inside of a clean root. Each stage is named in /stage before it is begun, so that a failure can be told by it.
write_install() {
  cat >installed/install.sh <<'INSTALL'
#!/bin/bash
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
is_local() { [[ $REPOSITORY_URL == http://127.* || $REPOSITORY_URL == http://localhost[:/]* ]]; }

# A CDN may have the former index for as long as it keeps it.
until_seen() { # command word…
  for _ in {1..10}; do
    if "$@" >/dev/null 2>&1 || is_local; then return; fi
    sleep 30
    refresh
  done
}

apt_stages() {
  set -e
  refresh() { apt-get -q -o APT::Update::Error-Mode=any update; }
  if [[ $REPOSITORY_URL == https:* ]]; then
    refresh
    apt-get -q -y install --no-install-recommends ca-certificates
  fi
  install -D --mode 644 /installed/repository.gpg "/etc/apt/keyrings/$KEY_NAME.gpg"
  printf 'Types: deb\nURIs: %s/%s\nSuites: %s\nComponents: main\nSigned-By: %s\n' \
    "$REPOSITORY_URL" "$FAMILY" "$CODENAME" "/etc/apt/keyrings/$KEY_NAME.gpg" >"/etc/apt/sources.list.d/$KEY_NAME.sources"
  echo update >/stage
  refresh
  until_seen apt-cache show "${INSTALL[0]}"
  echo install >/stage
  apt-get -q -y install --no-install-recommends "${INSTALL[@]}"
  echo run >/stage
  bash -e /installed/check.sh
  echo remove >/stage
  apt-get -q -y purge "${INSTALL[@]%%=*}"
  echo done >/stage
}

dnf_stages() {
  set -e
  refresh() { dnf --assumeyes --refresh --repo "$KEY_NAME" makecache; }
  mkdir -p /etc/yum.repos.d
  printf '[%s]\nname=%s\nbaseurl=%s/rpm/%s\ngpgcheck=1\nrepo_gpgcheck=1\ngpgkey=file:///installed/repository.asc\n' \
    "$KEY_NAME" "$KEY_NAME" "$REPOSITORY_URL" "$DISTRO" >"/etc/yum.repos.d/$KEY_NAME.repo"
  echo update >/stage
  refresh
  until_seen dnf --quiet list "${INSTALL[0]/=/-}"
  echo install >/stage
  dnf --assumeyes install "${INSTALL[@]/=/-}"
  echo run >/stage
  bash -e /installed/check.sh
  echo remove >/stage
  dnf --assumeyes remove "${INSTALL[@]%%=*}"
  echo done >/stage
}

cd /
. /installed/variables
echo prepare >/stage
if [ "$TOOL" = apt-get ]; then (apt_stages); else (dnf_stages); fi
true
INSTALL
}

note_tested() {
  date --utc >tested
  muster-s3 cp tested "s3://$SCRATCH_BUCKET/$TESTED_KEY" >/dev/null
}

# Runs a command where the published packages were installed by the package manager, as a user would, in a clean root of the platform; without words,
# the script that is its standard input. Fails as that does.
installed() { # [command word…]
  local stage=none check full
  mkdir -p installed
  if [ "$#" = 0 ]; then cat >installed/check.sh; else printf '%q ' "$@" >installed/check.sh; fi
  if [ -z "${REPOSITORY_URL:-}" ]; then
    [ -n "$RECIPES_AT_HOME" ] || fail "the repository's URL is not known: name it in the step's { url }"
    REPOSITORY_URL=$RECIPES_AT_HOME/$DOWNLOADS_BUCKET
  fi
  read -r -a INSTALL <<<"$PACKAGES"
  FAMILY=${DISTRO%%-*} CODENAME=${DISTRO##*-}
  declare -p REPOSITORY_URL KEY_NAME INSTALL FAMILY CODENAME DISTRO TOOL | sed 's/^declare -x /declare -- /' >installed/variables
  for form in gpg asc; do
    muster-s3 cp "s3://$DOWNLOADS_BUCKET/$KEY_NAME-archive-keyring.$form" "installed/repository.$form" >/dev/null
  done
  write_install
  rm -f stage
  if [ "$TOOL" = apt-get ]; then
    if [ ! -f base.tar ]; then base_chroot "$DISTRO" apt "${MIRROR:-}"; fi
    # shellcheck disable=SC2016 # mmdebstrap's own variable
    full=$(in_chroot "$DISTRO" "copy-in installed /" 'chroot "$1" bash /installed/install.sh 2>&1' "copy-out /stage ." 2>&1 | watch_disk) || true
  else
    base_container "$IMAGE"
    containers copy --quiet "$container" installed /installed
    full=$(containers run --isolation chroot --network host "$container" bash /installed/install.sh 2>&1 | watch_disk) || true
    cp "$(containers mount "$container")/stage" . || true
    containers rm "$container" >/dev/null
  fi
  if [ -s stage ]; then stage=$(cat stage); fi
  if [ "$stage" != "done" ] && [ -n "$full" ]; then fail_of_full_disk "clean root"; fi
  check=$(head -n 1 installed/check.sh | head -c 200)
  case $stage in
    none) fail "the clean root of $DISTRO could not be entered, see above" ;;
    prepare | update) fail "$TOOL does not take the repository at $REPOSITORY_URL for $DISTRO, see above" ;;
    install) fail "$TOOL cannot install $PACKAGES on $DISTRO, see above" ;;
    run) fail "$PACKAGES is installed on $DISTRO, and does not do what it should: $check" ;;
    remove) fail "$PACKAGES can be installed on $DISTRO, but not removed" ;;
  esac
  # That all went well is known once the script that called this ends, if it is that which called, and has nothing else to do then.
  if [ "$BASHPID" = "$$" ] && [ -z "$(trap -p EXIT)" ]; then trap 'if [ "$?" = 0 ]; then note_tested || exit 1; fi' EXIT; fi
}

export -f fail need need_for_debian_package there note secret refused_by_aws generate_key decrypt_key import_key open_key check_public_key fingerprint_in
export -f watch_disk fail_of_full_disk check_chroot fetch keyring_option base_chroot in_chroot containers base_container write_install note_tested installed
