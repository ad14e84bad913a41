#!/bin/bash
# A version's packages for one release of Debian or Ubuntu, built in a clean chroot of it, from a source package that is made of the version's source.
set -euo pipefail
need_for_debian_package
check_chroot "$DISTRO" "$MIRROR"

codename=${DISTRO##*-}
built=s3://$SCRATCH_BUCKET/$BUILT_PREFIX
mkdir source tree out

fetch_dsc() {
  (cd source && dget --quiet --allow-unauthenticated --download-only "$DSC") || fail "$DSC or a file of its cannot be fetched"
  local dsc=source/${DSC##*/}
  sha256sum --check --quiet <<<"$DSC_SHA256  $dsc" || fail "$DSC is not the one that the pipeline names: its sha256 is $(sha256sum "$dsc" | cut -d ' ' -f 1)"
  rmdir tree
  dpkg-source --no-check --extract "$dsc" tree
  # Whatever its format was: upstream's archives, called as the version is here, and the tree with its debian/ over them.
  rm -f source/*.debian.tar.* source/*.diff.gz "$dsc"
  export SOURCE_DATE_EPOCH
  SOURCE_DATE_EPOCH=$(dpkg-parsechangelog --file tree/debian/changelog --show-field Timestamp)
  if ! compgen -G 'source/*.orig*.tar.*' >/dev/null; then
    for file in source/*.tar.*; do mv "$file" "${file%.tar.*}.orig.tar.${file##*.tar.}"; done
  fi
  for file in source/*.orig*.tar.*; do
    named=source/${NAME}_$PACKAGED_VERSION.orig${file##*.orig}
    if [ "$file" != "$named" ]; then mv "$file" "$named"; fi
  done
}

fetch_tarball() {
  local url=s3://$SCRATCH_BUCKET/$SOURCE_KEY orig=source/${NAME}_$PACKAGED_VERSION.orig.tar.gz
  there "$url.sha256" || fail "$url is not made: build its step of $VERSION first"
  muster-s3 cp "$url" "$orig"
  muster-s3 cp "$url.sha256" - | cut -d ' ' -f 1 | sed "s|\$|  $orig|" | sha256sum --check --quiet
  tar --extract --gzip --strip-components=1 --directory tree --file "$orig"
  [ -d "tree/$DEBIAN_FOLDER" ] || fail "the source of $VERSION has no folder $DEBIAN_FOLDER: say in debianPackage({ folder }) where its debian/ is"
  if [ "$DEBIAN_FOLDER" != debian ]; then
    rm -rf tree/debian
    cp --archive "tree/$DEBIAN_FOLDER" tree/debian
  fi
  export SOURCE_DATE_EPOCH
  # All files are dated as their commit.
  SOURCE_DATE_EPOCH=$(stat --format %Y "tree/$DEBIAN_FOLDER/control")
}

if [ -n "${DSC:-}" ]; then fetch_dsc; else fetch_tarball; fi
for file in control rules; do
  [ -f "tree/debian/$file" ] || fail "$DEBIAN_FOLDER has no $file: dpkg-buildpackage needs one"
done
named=$(sed -n 's/^Source: *//p' tree/debian/control)
[ "$named" = "$NAME" ] || fail "debian/control calls the source $named, the pipeline $NAME: both must agree"

# The version is the pipeline's, whatever the changelog ends with.
maintainer=$(sed -n 's/^Maintainer: *//p' tree/debian/control)
[ -n "$maintainer" ] || fail "debian/control names no Maintainer"
touch tree/debian/changelog
if [ -s tree/debian/changelog ]; then
  # An entry is younger than the one before it, also of a source that is built anew.
  last=$(dpkg-parsechangelog --file tree/debian/changelog --show-field Timestamp)
  if [ "$SOURCE_DATE_EPOCH" -le "$last" ]; then SOURCE_DATE_EPOCH=$((last + 1)); fi
fi
{
  printf '%s (%s) %s; urgency=medium\n\n  * Release %s.\n\n -- %s  %s\n' "$NAME" "$DEBIAN_VERSION" "$codename" "$VERSION" \
    "$maintainer" "$(LC_ALL=C date --utc --rfc-email --date "@$SOURCE_DATE_EPOCH")"
  if [ -s tree/debian/changelog ]; then
    echo
    cat tree/debian/changelog
  fi
} >changelog
mv changelog tree/debian/changelog
mkdir -p tree/debian/source
echo '3.0 (quilt)' >tree/debian/source/format
mv tree "source/$NAME-$PACKAGED_VERSION"
(cd source && dpkg-source --auto-commit --build "$NAME-$PACKAGED_VERSION" && rm -rf "$NAME-$PACKAGED_VERSION")

cat >source/build.sh <<'BUILD'
#!/bin/bash
# Inside of the chroot. What failed is told by its own output and by /status, and never by mmdebstrap.
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
as_builder() { runuser -u builder -- env HOME=/build "$@"; }
steps() {
  set -e
  useradd --create-home --home-dir /build builder
  cd /build
  mv /source/* .
  apt-get -q update
  apt-get -q -y upgrade
  dpkg-source --no-check --extract ./*.dsc tree
  echo build-dependencies >/status
  if [ -d /ccache ]; then apt-get -q -y install --no-install-recommends ccache; fi
  cd tree
  apt-get -q -y build-dep --no-install-recommends ./ 2>&1 | tee /build-dep.log
  echo build >/status
  chown -R builder: /build
  if [ -d /ccache ]; then
    chown -R builder: /ccache
    export CCACHE_DIR=/ccache PATH=/usr/lib/ccache:$PATH
    as_builder ccache --zero-stats
  fi
  as_builder dpkg-buildpackage --unsigned-source --unsigned-changes
  if [ -d /ccache ]; then
    as_builder ccache --print-stats | awk '{ count[$1] = $2 }
      END { known = count["direct_cache_hit"] + count["preprocessed_cache_hit"]; print "ccache: " known " of " known + count["cache_miss"] " compilations were known" }'
  fi
  cd ..
  # Whatever .changes names: Ubuntu has .ddeb beside .deb.
  find . -maxdepth 1 -type f ! -name '.*' -exec mv --target-directory /out {} +
  echo done >/status
}
mkdir -p /out
echo chroot >/status
set -o pipefail
(steps)
# Where the disk is full, what is copied out needs its room.
grep --quiet '^done$' /status || rm -rf /build
true
BUILD
chmod 755 source/build.sh

base_chroot "$DISTRO" buildd "$MIRROR"
hooks=("copy-in source /")
if [ -n "${CCACHE_KEY:-}" ]; then
  mkdir ccache
  if there "s3://$SCRATCH_BUCKET/$CCACHE_KEY"; then
    muster-s3 cp "s3://$SCRATCH_BUCKET/$CCACHE_KEY" ccache.tar.zst >/dev/null
    tar --extract --zstd --file ccache.tar.zst
  fi
  hooks+=("copy-in ccache /")
fi
# shellcheck disable=SC2016 # mmdebstrap's own variable
hooks+=('chroot "$1" env SOURCE_DATE_EPOCH='"$SOURCE_DATE_EPOCH"' bash /source/build.sh 2>&1' "copy-out /out /status /build-dep.log .")
if [ -n "${CCACHE_KEY:-}" ]; then hooks+=("sync-out /ccache ccache"); fi
touch build-dep.log
# shellcheck disable=SC2016
full=$(in_chroot "$DISTRO" 'chroot "$1" touch /build-dep.log' "${hooks[@]}" 2>&1 | watch_disk) || true

if ! grep --quiet '^done$' status 2>/dev/null; then
  if [ -n "$full" ]; then fail_of_full_disk chroot; fi
  missing=$(sed -n 's/.*Depends: \(.*\) but .*/\1/p' build-dep.log | sort -u | sed 's/$/, /' | tr -d '\n')
  if [ -n "$missing" ]; then
    fail "$codename has no ${missing%, }, which Build-Depends in debian/control asks for: correct its name, or drop it"
  fi
  exit 1
fi

if [ "$LINTIAN" != off ]; then
  # What Debian's own archive asks of an upload's distribution and bug numbers is not asked of others, nor its compression of Ubuntu.
  unasked=bad-distribution-in-changes-file,initial-upload-closes-no-bugs
  if [[ $DISTRO == ubuntu-* ]]; then unasked+=,malformed-deb-archive; fi
  lintian --allow-root --profile "${DISTRO%%-*}/main" --fail-on "$LINTIAN" --suppress-tags "$unasked" out/*.changes ||
    fail "lintian finds ${LINTIAN}s in the packages, see above: mend them, or override them in debian/<package>.lintian-overrides"
fi

cd out
if [ -n "${TEST_BUILD:-}" ]; then
  note "a test build: $(echo *.deb) thrown away"
  exit
fi
checksum=${BUILT_CHECKSUM##*/}
# The checksums last, under a name without an architecture: they say that the packages are there.
sha256sum -- * >"../$checksum"
for file in *; do muster-s3 cp "$file" "$built$file" >/dev/null; done
muster-s3 cp "../$checksum" "s3://$SCRATCH_BUCKET/$BUILT_CHECKSUM" --content-type text/plain >/dev/null
if [ -n "${CCACHE_KEY:-}" ]; then
  cd ..
  tar --create --zstd --file ccache.tar.zst ccache
  muster-s3 cp ccache.tar.zst "s3://$SCRATCH_BUCKET/$CCACHE_KEY" >/dev/null
  cd out
fi
note "$(echo *.deb)"
