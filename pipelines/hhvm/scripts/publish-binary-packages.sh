#!/bin/bash
# The version's packages in the apt repositories of Debian and Ubuntu, in each suite that DEBIAN_REPOSITORIES on the version's branch names. Indices
# are made on the shared volume, at $REPOSITORIES, and go from there to where users download. Only one worker does this at a time.
# With TAKE_BACK it takes the version out of every suite that has it, and puts the newest older one that the pool has in its place.
# A version is published when the signed index of $SERIES_SUITE names its packages: that suite comes last, and what reprepro leaves out is an error.
set -euo pipefail

package=hhvm
if [ "$IS_NIGHTLY" = true ]; then package=hhvm-nightly; fi
declare -A in_bucket in_folder

echo "publishing as number ${MUSTER_FENCING:-none}"

refuse() {
  echo "$*" >&2
  exit 1
}

there() { # url
  local status=0
  muster-s3 exists "$1" || status=$?
  # Not to know is not the same as not to be there.
  if [ "$status" -gt 1 ]; then exit "$status"; fi
  return "$status"
}

# What a .changes file lists, as sha256sum reads it.
sums_of() { # changes
  awk '/^[^ ]/ { listed = $1 == "Checksums-Sha256:" } /^ / && listed { print $1 "  " $3 }' "$1"
}

index=main/binary-amd64/Packages.gz
# The digests of a suite's indices, as sha256sum reads them.
indices_of() { # InRelease
  awk '/^[^ ]/ { listed = $1 == "SHA256:" } /^ / && listed { print $1 "  " $3 }' "$1"
}

# Whether a signed index, which lies in a folder as in dists/, names a package. Of any content where no digest is given.
names() { # folder package version [sha256]
  gpg --batch --quiet --verify "$1/InRelease" 2>/dev/null || return
  (cd "$1" && indices_of InRelease | grep "  $index\$" | sha256sum --check --status) || return
  gzip --decompress --stdout "$1/$index" | awk -v RS= -v package="$2" -v version="$3" -v sum="${4:-}" '
    { text = "\n" $0 "\n" }
    index(text, "\nPackage: " package "\n") && index(text, "\nVersion: " version "\n") &&
      (sum == "" || index(text, "\nSHA256: " sum "\n")) { found = 1 }
    END { exit !found }'
}

# Fetches the InRelease that users have, for what follows and for the condition under which it may be replaced: the etag of an object that was put
# whole is its MD5 sum. Prints nothing where there is none.
etag_of() { # family suite
  local folder=public/$1/$2
  if ! there "s3://$DOWNLOADS_BUCKET/$1/dists/$2/InRelease"; then return; fi
  mkdir -p "$folder/$(dirname "$index")"
  muster-s3 cp "s3://$DOWNLOADS_BUCKET/$1/dists/$2/InRelease" "$folder/InRelease" >&2
  md5sum <"$folder/InRelease" | cut -d ' ' -f 1
}

# Whether the index that users have names all packages of a version; after etag_of.
users_have() { # family suite version
  local folder=public/$1/$2 file=$index kind
  if [ ! -f "$folder/InRelease" ]; then return 1; fi
  if grep --quiet '^Acquire-By-Hash: yes$' "$folder/InRelease"; then
    file=$(dirname "$index")/by-hash/SHA256/$(indices_of "$folder/InRelease" | sed -n "s|  $index\$||p")
  fi
  muster-s3 cp "s3://$DOWNLOADS_BUCKET/$1/dists/$2/$file" "$folder/$index" || exit
  for kind in "" -dev -dbg; do names "$folder" "$package$kind" "$3" || return; done
}

prepare_suite() { # family suite
  local conf=$REPOSITORIES/$1/conf/distributions
  mkdir -p "$(dirname "$conf")"
  touch "$conf"
  awk -v RS= -v suite="$2" -v valid="ValidFor: ${VALID_DAYS}d" '
    { text = "\n" $0 "\n"; gsub(/\nCodename:[ \t]*/, "\nCodename: ", text) }
    index(text, "\nCodename: " suite "\n") { found = 1; gsub(/\nValidFor:[^\n]*/, "", text); text = text valid "\n" }
    { print substr(text, 2) }
    END {
      if (found) exit
      print "Origin: HHVM\nLabel: HHVM\nCodename: " suite "\nArchitectures: i386 amd64 source\nComponents: main"
      print "Description: Apt repository for HHVM\nSignWith: yes\nDebIndices: Packages .gz\nDscIndices: Sources .gz\n" valid "\n"
    }' "$conf" >distributions
  cp distributions "$conf"
}

# What an index names, sources too: digest and path below the family's folder.
named_files() { # folder of the index
  awk -v RS= '{ path = sum = ""; for (i = 1; i < NF; i++) { if ($i == "Filename:") path = $(i + 1); if ($i == "SHA256:") sum = $(i + 1) }
    print sum, path }' < <(gzip --decompress --stdout "$1"/main/binary-*/Packages.gz)
  if [ ! -f "$1/main/source/Sources.gz" ]; then return; fi
  gzip --decompress --stdout "$1/main/source/Sources.gz" | awk '
    /^Directory:/ { folder = $2 }
    /^[^ ]/ { listed = $1 == "Checksums-Sha256:" }
    /^ / && listed { sum[$3] = $1 }
    /^$/ { for (file in sum) print sum[file], folder "/" file; delete sum }'
}

# Asks for the whole folder, once.
in_pool() { # url
  local folder=${1%/*}/ listing
  if [ -z "${in_folder[$folder]:-}" ]; then
    listing=$(muster-s3 ls "$folder") || exit
    in_folder[$folder]=$'\n'$listing$'\n'
  fi
  [[ ${in_folder[$folder]} == *$'\n'"$1"$'\n'* ]]
}

# The big files first, so that nothing is named before it can be had. What lies in the bucket under such a name and has other content is of a
# publication that came to no index: reprepro takes no second content for what an index names.
upload_pool() { # family suite
  local sum path url found packages=() others=()
  while read -r sum path; do
    url=s3://$DOWNLOADS_BUCKET/$1/$path
    if [ "${in_bucket[$url]:-}" = "$sum" ]; then continue; fi
    found=
    if in_pool "$url"; then
      found=$sum
      if [[ $path == *_"$VERSION"[-.]* ]]; then found=$(muster-s3 cp "$url" - | sha256sum | cut -d ' ' -f 1); fi
    fi
    in_bucket[$url]=$sum
    if [ "$found" = "$sum" ]; then continue; fi
    if [[ $path == *.deb ]]; then packages+=("$REPOSITORIES/$1/$path" "$url"); else others+=("$REPOSITORIES/$1/$path" "$url"); fi
  done < <(named_files "$REPOSITORIES/$1/dists/$2")
  if [ "${#packages[@]}" -gt 0 ]; then muster-s3 cp "${packages[@]}" --content-type application/vnd.debian.binary-package; fi
  if [ "${#others[@]}" -gt 0 ]; then muster-s3 cp "${others[@]}" --content-type application/octet-stream; fi
}

# Adds to what reprepro has written that its indices can be had by their digests, so that nobody ever meets a new one beside an old InRelease.
sign_suite() { # family suite
  local folder=$REPOSITORIES/$1/dists/$2
  if grep --quiet '^Acquire-By-Hash: yes$' "$folder/InRelease"; then return; fi
  sed 's/^Codename: .*/&\nAcquire-By-Hash: yes/' "$folder/Release" >Release
  gpg --batch --yes --clearsign --output InRelease Release
  gpg --batch --yes --armor --detach-sign --output Release.gpg Release
  mv Release Release.gpg InRelease "$folder"
}

# A suite's InRelease is what makes its indices valid. It is replaced only if it is still the one that was there before: a publisher that lost its
# lease meanwhile cannot undo what another published. Under their own names indices are for tools that do not ask for them by digest.
upload_suite() { # family suite etag
  local folder=$REPOSITORIES/$1/dists/$2 url=s3://$DOWNLOADS_BUCKET/$1/dists/$2 sum file by_hash=() by_name=() condition=(--if-none-match)
  if [ -n "$3" ]; then condition=(--if-match "\"$3\""); fi
  upload_pool "$1" "$2"
  # reprepro lists Sources too, which it keeps compressed only.
  while read -r sum file; do
    if [ -f "$folder/$file" ]; then by_hash+=("$folder/$file" "$url/$(dirname "$file")/by-hash/SHA256/$sum"); fi
  done < <(indices_of "$folder/InRelease" | grep --extended-regexp '/(Packages|Sources)[^/]*$')
  muster-s3 cp "${by_hash[@]}"
  muster-s3 cp "$folder/InRelease" "$url/InRelease" "${condition[@]}"
  while read -r file; do by_name+=("$folder/$file" "$url/$file"); done < <(cd "$folder" && find . -type f ! -name InRelease -printf '%P\n' | sort)
  muster-s3 cp "${by_name[@]}"
}

listed_version() { # family suite
  # shellcheck disable=SC2016 # reprepro's own variable
  reprepro --basedir "$REPOSITORIES/$1" --architecture amd64 --list-format '${version}\n' list "$2" "$package"
}

publish_in() { # family suite folder of the packages
  local base=$REPOSITORIES/$1 debian_version=$VERSION-1~${3##*-} etag listed sum file
  etag=$(etag_of "$1" "$2")
  prepare_suite "$1" "$2"
  listed=$(listed_version "$1" "$2")
  if [ -n "$listed" ] && dpkg --compare-versions "$listed" gt "$debian_version"; then
    if [ "$2" = "${SERIES_SUITE/#DISTRO/${3##*-}}" ]; then
      refuse "$2 has $package $listed, and apt offers one version of a suite: $debian_version is older, and nobody would get it"
    fi
    kept+=("$2 keeps $listed")
    return
  fi
  if [ "$listed" = "$debian_version" ]; then
    if users_have "$1" "$2" "$debian_version"; then return; fi
    # Of a publication that came to no index, perhaps with other content.
    reprepro --basedir "$base" removesrc "$2" "$package" "$debian_version"
  fi
  reprepro --basedir "$base" --ignore=wrongdistribution include "$2" "$3/${package}_${debian_version}_amd64.changes"
  sign_suite "$1" "$2"
  while read -r sum file; do
    if [[ $file == *_amd64.deb ]] && ! names "$base/dists/$2" "${file%%_*}" "$debian_version" "$sum"; then
      refuse "reprepro has ended without an error, and the signed index of $2 does not name $file"
    fi
  done < <(sums_of "$3/${package}_${debian_version}_amd64.changes")
  upload_suite "$1" "$2" "$etag"
}

publish_platform() { # platform
  local family codename file suite debian_version built changes listed=()
  IFS=- read -r family _ codename <<<"$1"
  debian_version=$VERSION-1~$codename
  suite=${SERIES_SUITE/#DISTRO/$codename}
  etag_of "$family" "$suite" >/dev/null
  if users_have "$family" "$suite" "$debian_version"; then
    echo "$1: published before"
    done_before+=("$1")
    return
  fi
  built=s3://$SCRATCH_BUCKET/$VERSION/$1 changes=${package}_${debian_version}_amd64.changes
  if ! there "$built/$changes"; then
    echo "$1: not built"
    return
  fi
  mkdir "$1"
  muster-s3 cp "$built/$changes" "$1/$changes"
  while read -r _ file; do listed+=("$built/$file" "$1/$file"); done < <(sums_of "$1/$changes")
  muster-s3 cp "${listed[@]}"
  (cd "$1" && sums_of "$changes" | sha256sum --check --quiet)
  for suite in "${suites[@]/#DISTRO/$codename}"; do publish_in "$family" "$suite" "$1"; done
  published+=("$1")
  rm -r "${1:?}"
}

# Signs anew what apt would soon refuse, so that suites of series and distributions that nobody publishes to stay what they are.
renew() { # family
  local suite release end etag suites
  mapfile -t suites < <(sed -n 's/^Codename: *//p' "$REPOSITORIES/$1/conf/distributions")
  for suite in "${suites[@]}"; do
    release=$REPOSITORIES/$1/dists/$suite/InRelease
    # One that nothing has come to yet.
    if [ ! -f "$release" ]; then continue; fi
    end=$(sed -n 's/^Valid-Until: //p' "$release")
    if [ -z "$end" ] || (($(date --date "$end" +%s) - $(date +%s) > RENEWED_DAYS * 86400)); then continue; fi
    etag=$(etag_of "$1" "$suite")
    if [ "$etag" != "$(md5sum <"$release" | cut -d ' ' -f 1)" ]; then
      echo "$suite is trusted until $end, and not signed anew: users have another index than the volume"
      continue
    fi
    prepare_suite "$1" "$suite"
    reprepro --basedir "$REPOSITORIES/$1" export "$suite"
    sign_suite "$1" "$suite"
    upload_suite "$1" "$suite" "$etag"
  done
}

# The newest version below this one that the pool has packages of, of the same series where the suite has one alone.
version_before() { # family suite codename
  local series='' found newest=''
  if [ "$2" = "${SERIES_SUITE/#DISTRO/$3}" ] && [ "$SERIES_SUITE" != DISTRO ]; then series=${VERSION%.*}.; fi
  while read -r found; do
    if ! dpkg --compare-versions "$found" lt "$VERSION"; then continue; fi
    if [ -z "$newest" ] || dpkg --compare-versions "$found" gt "$newest"; then newest=$found; fi
  done < <(muster-s3 ls "s3://$DOWNLOADS_BUCKET/$1/pool/main/h/$package/${package}_$series" |
    sed -nE "s|.*/${package}_([0-9.]+)-1~$3_amd64\\.deb\$|\\1|p")
  echo "$newest"
}

put_back() { # family suite codename version
  local base=$REPOSITORIES/$1 pool=s3://$DOWNLOADS_BUCKET/$1/pool/main/h/$package debian_version=$4-1~$3 kind name copies=() packages=()
  mkdir -p before
  for kind in "" -dev -dbg; do
    packages+=("before/$package${kind}_${debian_version}_amd64.deb")
    copies+=("$pool/$package${kind}_${debian_version}_amd64.deb" "${packages[-1]}")
  done
  muster-s3 cp "${copies[@]}"
  reprepro --basedir "$base" includedeb "$2" "${packages[@]}"
  if there "$pool/${package}_$debian_version.dsc"; then
    muster-s3 cp "$pool/${package}_$debian_version.dsc" "before/${package}_$debian_version.dsc"
    copies=()
    while read -r _ name; do copies+=("$pool/$name" "before/$name"); done < <(sums_of "before/${package}_$debian_version.dsc")
    muster-s3 cp "${copies[@]}"
    reprepro --basedir "$base" --section devel --priority optional includedsc "$2" "before/${package}_$debian_version.dsc"
  fi
  rm -r before
}

take_back() { # platform
  local family codename suite etag before debian_version
  IFS=- read -r family _ codename <<<"$1"
  debian_version=$VERSION-1~$codename
  if [ ! -f "$REPOSITORIES/$family/conf/distributions" ]; then return; fi
  while read -r suite; do
    if [ "$(listed_version "$family" "$suite")" != "$debian_version" ]; then continue; fi
    etag=$(etag_of "$family" "$suite")
    before=$(version_before "$family" "$suite" "$codename")
    reprepro --basedir "$REPOSITORIES/$family" removesrc "$suite" "$package" "$debian_version"
    if [ -n "$before" ]; then put_back "$family" "$suite" "$codename" "$before"; fi
    sign_suite "$family" "$suite"
    upload_suite "$family" "$suite" "$etag"
    taken+=("$suite has ${before:-none}")
  done < <(sed -n 's/^Codename: *//p' "$REPOSITORIES/$family/conf/distributions")
}

# What no suite names any more; the bucket keeps it as it keeps what was replaced. A later withdrawal must not find it as the version before.
empty_pool() { # family
  local url
  while read -r url; do
    if [[ $url == *_"$VERSION"[-.]* ]] && ! [ -e "$REPOSITORIES/$1/${url#"s3://$DOWNLOADS_BUCKET/$1/"}" ]; then muster-s3 rm "$url"; fi
  done < <(muster-s3 ls "s3://$DOWNLOADS_BUCKET/$1/pool/main/h/$package/")
}

keep_state() { # family
  local file files=()
  while read -r file; do
    files+=("$REPOSITORIES/$1/$file" "s3://$DOWNLOADS_BUCKET/$1/$file")
  done < <(cd "$REPOSITORIES/$1" && find conf db -type f | sort)
  muster-s3 cp "${files[@]}"
}

if [ -n "${TAKE_BACK:-}" ]; then
  taken=() families=()
  for platform in $PLATFORMS; do
    if [[ $platform =~ ^(debian|ubuntu)- ]]; then
      families+=("${BASH_REMATCH[1]}")
      take_back "$platform"
    fi
  done
  mapfile -t families < <(printf '%s\n' "${families[@]}" | sort --unique)
  for family in "${families[@]}"; do
    if [ ! -f "$REPOSITORIES/$family/conf/distributions" ]; then continue; fi
    empty_pool "$family"
    keep_state "$family"
  done
  note=$(printf '%s, ' "${taken[@]:-no suite had it}")
  echo "{\"note\":\"${note%, }\"}" >"$MUSTER_RESULT"
  exit
fi

git clone --quiet --depth 1 --branch "$PACKAGING_BRANCH" "$PACKAGING_REPOSITORY" packaging
mapfile -t suites < <(awk -v series="$SERIES_SUITE" 'NF && $1 != series { print $1 } END { print series }' packaging/DEBIAN_REPOSITORIES)
if ! grep --quiet --line-regexp --fixed-strings "$SERIES_SUITE" packaging/DEBIAN_REPOSITORIES; then
  refuse "DEBIAN_REPOSITORIES on $PACKAGING_BRANCH does not name $SERIES_SUITE, where $VERSION is found beside other series: add the line"
fi
for suite in "${suites[@]}"; do
  if ! [[ $suite =~ ^DISTRO(-[a-z0-9.-]+)?$ ]]; then
    refuse "DEBIAN_REPOSITORIES on $PACKAGING_BRANCH names $suite, which is neither DISTRO nor DISTRO-<series>"
  fi
done

published=() done_before=() kept=() families=()
for platform in $PLATFORMS; do
  if [[ $platform =~ ^(debian|ubuntu)- ]]; then
    families+=("${BASH_REMATCH[1]}")
    publish_platform "$platform"
  fi
done
if [ "${#published[@]}" = 0 ] && [ "${#done_before[@]}" = 0 ]; then
  refuse "none of $PLATFORMS is built: there is nothing to publish"
fi

mapfile -t families < <(printf '%s\n' "${families[@]}" | sort --unique)
for family in "${families[@]}"; do
  if [ ! -f "$REPOSITORIES/$family/conf/distributions" ]; then continue; fi
  renew "$family"
  keep_state "$family"
done
note=$(printf '%s, ' "${published[@]:-nothing new}" "${kept[@]}")
echo "{\"note\":\"${note%, }\"}" >"$MUSTER_RESULT"
