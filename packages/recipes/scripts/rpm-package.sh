#!/bin/bash
# A version's packages for one of rpm's distributions, built by rpmbuild in a container of its image.
set -euo pipefail

url=s3://$SCRATCH_BUCKET/$SOURCE_KEY
there "$url.sha256" || fail "$url is not made: build its step of $VERSION first"
mkdir -p build/SOURCES build/SPECS tree out
source=${SOURCE_KEY##*/}
muster-s3 cp "$url" "build/SOURCES/$source" >/dev/null
muster-s3 cp "$url.sha256" - | cut -d ' ' -f 1 | sed "s|\$|  build/SOURCES/$source|" | sha256sum --check --quiet
tar --extract --gzip --strip-components=1 --directory tree --file "build/SOURCES/$source"
[ -f "tree/$SPEC" ] || fail "the source of $VERSION has no $SPEC: say in rpmPackage({ spec }) where its spec file is"
for field in Version Release Source0; do
  grep --quiet --ignore-case "^$field:" "tree/$SPEC" || fail "$SPEC has no $field: write one, its value is the pipeline's"
done
named=$(sed -n 's/^[Nn]ame: *//p' "tree/$SPEC")
[ "$named" = "$NAME" ] || fail "$SPEC calls the package $named, the pipeline $NAME: both must agree"
sed -e "s/^\(Version: *\).*/\1$PACKAGED_VERSION/I" -e "s/^\(Release: *\).*/\1$REVISION%{?dist}/I" -e "s/^\(Source0: *\).*/\1$source/I" \
  "tree/$SPEC" >"build/SPECS/$NAME.spec"
if [ -n "$EPOCH" ]; then sed -i "s/^Version:/Epoch: $EPOCH\nVersion:/I" "build/SPECS/$NAME.spec"; fi
# All files are dated as their commit.
epoch=$(stat --format %Y "tree/$SPEC")

cat >build/build.sh <<'BUILD'
#!/bin/bash
# Inside of the container. What failed is told by its own output and by /status.
steps() {
  set -e
  local nodeps=()
  if ! command -v rpmbuild >/dev/null; then dnf -q -y install rpm-build dnf-plugins-core; fi
  echo build-dependencies >/status
  # Where rpm does not know what is installed, it cannot be asked.
  if rpm --query --whatprovides /bin/sh >/dev/null 2>&1; then dnf -q -y builddep "/build/SPECS/$NAME.spec"; else nodeps=(--nodeps); fi
  echo build >/status
  useradd --home-dir /build builder
  chown -R builder: /build
  runuser -u builder -- env HOME=/build rpmbuild -ba "${nodeps[@]}" --define "_topdir /build" --define "dist $DIST" \
    --define "use_source_date_epoch_as_buildtime 1" --define "_buildhost localhost" "/build/SPECS/$NAME.spec"
  echo done >/status
}
echo root >/status
(steps)
true
BUILD

base_container "$IMAGE"
# shellcheck disable=SC2154 # base_container sets it
containers copy --quiet "$container" build /build
full=$(containers run --isolation chroot --network host --env "NAME=$NAME" --env "DIST=$DIST" --env "SOURCE_DATE_EPOCH=$epoch" \
  "$container" bash /build/build.sh 2>&1 | watch_disk) || true
root=$(containers mount "$container")
if ! grep --quiet '^done$' "$root/status"; then
  if [ -n "$full" ]; then fail_of_full_disk container; fi
  exit 1
fi
find "$root/build/RPMS" "$root/build/SRPMS" -name '*.rpm' -exec cp {} out \;

cd out
if [ -n "${TEST_BUILD:-}" ]; then
  note "a test build: $(echo *.rpm) thrown away"
  exit
fi
# The checksums last: they say that the packages are there.
sha256sum -- *.rpm >"../${BUILT_CHECKSUM##*/}"
for file in *.rpm; do muster-s3 cp "$file" "s3://$SCRATCH_BUCKET/$BUILT_PREFIX$file" >/dev/null; done
muster-s3 cp "../${BUILT_CHECKSUM##*/}" "s3://$SCRATCH_BUCKET/$BUILT_CHECKSUM" --content-type text/plain >/dev/null
note "$(echo *.rpm)"
