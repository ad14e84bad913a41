#!/bin/bash
# Brings what is built of a version into the suites of its platforms, and takes out of them what was withdrawn. What users have is the only copy of a
# repository: each suite is made of the signed index that they have, and replaces just that one.
set -euo pipefail
# What users have is read in $(…), where a failure would otherwise pass for an empty repository.
shopt -s inherit_errexit
need apt-ftparchive:apt-utils gpgv:gpgv gzip:gzip
open_key

sums_in() { # Release file: digest and path, as sha256sum reads them
  awk '/^[^ ]/ { listed = $1 == "SHA256:" } /^ / && listed { print $1 "  " $3 }' "$1"
}

# The Packages that users have, verified down from InRelease, at old/main/binary-*/Packages. Prints InRelease's etag, which is its MD5 sum.
fetch_suite() { # url
  local sum file
  rm -rf old
  mkdir old
  if ! there "$1/InRelease"; then return; fi
  muster-s3 cp "$1/InRelease" old/InRelease >&2
  gpgv --quiet --keyring ./public.gpg old/InRelease 2>gpgv.log ||
    fail "$1/InRelease does not bear the signature of $KEY_NAME: $(tail -n 1 gpgv.log)"
  while read -r sum file; do
    mkdir -p "old/$(dirname "$file")"
    muster-s3 cp "$1/$(dirname "$file")/by-hash/SHA256/$sum" "old/$file" >&2
    sha256sum --check --status <<<"$sum  old/$file" || fail "$1/$file is not the one that its InRelease names: restore that, users cannot read it either"
  done < <(sums_in old/InRelease | grep '/Packages$')
  md5sum <old/InRelease | cut -d ' ' -f 1
}

# Old entries and new ones, without what was withdrawn. An entry that is there keeps its content.
merge() { # architecture old new
  awk -v RS= -v architecture="$1" -v withdrawn="$WITHDRAWN" -v gone=gone '
    function field(name,  lines, count, i) {
      count = split($0, lines, "\n")
      for (i = 1; i <= count; i++) if (index(lines[i], name ": ") == 1) return substr(lines[i], length(name) + 3)
      return ""
    }
    BEGIN { count = split(withdrawn, pairs, "\n"); for (i = 1; i <= count; i++) out[pairs[i]] = 1 }
    {
      source = field("Source"); if (source == "") source = field("Package"); sub(/ .*/, "", source)
      version = field("Version"); sub(/~[a-z]+$/, "", version)
      of = field("Architecture")
      if ((source " " version) in out) { print field("Filename") >>gone; next }
      if (of != architecture && of != "all") next
      key = field("Package") " " field("Version") " " of
      if (key in sums) {
        if (sums[key] != field("SHA256")) { print key; exit_code = 9; exit }
        next
      }
      sums[key] = field("SHA256")
      print $0 "\n"
    }
    END { exit exit_code }' "$2" "$3"
}

architectures_of() { # suite's folder of new packages
  {
    if [ -f old/InRelease ]; then sed -n 's/^Architectures: *//p' old/InRelease | tr ' ' '\n'; fi
    find "$1" -name '*.deb' | sed 's/.*_\([^_]*\)\.deb$/\1/'
  } | sort -u | grep --invert-match --line-regexp all || dpkg --print-architecture
}

write_indices() { # family suite folder of new packages
  local architecture folder status
  (cd "$1-$2" && apt-ftparchive --md5=false --sha1=false --sha512=false packages pool) >new-entries
  rm -rf dists gone
  touch gone
  for architecture in $(architectures_of "$1-$2"); do
    folder=dists/main/binary-$architecture
    mkdir -p "$folder"
    touch "old/none"
    status=0
    merge "$architecture" "$(found "old/main/binary-$architecture/Packages" || echo old/none)" new-entries >"$folder/Packages" || status=$?
    if [ "$status" = 9 ]; then
      fail "$(tail -n 1 "$folder/Packages") is published in $2 with other content: give what changed a revision of its own"
    fi
    [ "$status" = 0 ]
    gzip -9 --no-name --keep "$folder/Packages"
  done
}

found() { if [ -f "$1" ]; then echo "$1"; else return 1; fi; }

sign() { # family suite
  local until=()
  if [ -n "$VALID_DAYS" ]; then
    until=(-o "APT::FTPArchive::Release::Valid-Until=$(LC_ALL=C date --utc --rfc-email --date "$VALID_DAYS days" | sed 's/+0000/UTC/')")
  fi
  apt-ftparchive --md5=false --sha1=false --sha512=false \
    -o "APT::FTPArchive::Release::Origin=$ORIGIN" -o "APT::FTPArchive::Release::Label=$ORIGIN" \
    -o "APT::FTPArchive::Release::Suite=$2" -o "APT::FTPArchive::Release::Codename=$2" \
    -o "APT::FTPArchive::Release::Architectures=$(cd dists/main && printf '%s\n' binary-* | sed 's/binary-//' | paste -s -d ' ')" \
    -o APT::FTPArchive::Release::Components=main -o APT::FTPArchive::Release::Acquire-By-Hash=yes \
    "${until[@]}" release dists >Release
  mv Release dists/Release
  gpg --batch --yes --clearsign --output dists/InRelease dists/Release
}

# Files of what was withdrawn that no index names any more, by their names: an attempt before may have been cut off between its index and them.
left_over() { # family suite
  local repository=s3://$DOWNLOADS_BUCKET/$1 source version
  while read -r source version; do
    if [ -z "$version" ]; then continue; fi
    muster-s3 ls "$repository/pool/main/${source:0:1}/$source/" >pooled
    awk -v repository="$repository/" -v named="_${version#*:}~$2_" 'index($0, named) { print substr($0, length(repository) + 1) }' pooled
  done <<<"$WITHDRAWN"
}

# The big files first, so that nothing is named before it can be had; under their digests, so that nobody meets a new index beside an old InRelease.
upload() { # family suite etag
  local url=s3://$DOWNLOADS_BUCKET/$1/dists/$2 sum file status=0 condition=(--if-none-match)
  if [ -n "$3" ]; then condition=(--if-match "\"$3\""); fi
  while read -r file; do
    muster-s3 cp "$1-$2/$file" "s3://$DOWNLOADS_BUCKET/$1/$file" --content-type application/vnd.debian.binary-package >/dev/null
  done < <(cd "$1-$2" && find pool -name '*.deb')
  while read -r sum file; do
    muster-s3 cp "dists/$file" "$url/$(dirname "$file")/by-hash/SHA256/$sum" >/dev/null
  done < <(sums_in dists/Release)
  muster-s3 cp dists/InRelease "$url/InRelease" "${condition[@]}" >/dev/null || status=$?
  if [ "$status" = 3 ]; then fail "$2 was published by another build meanwhile: build again, and what is missing is published"; fi
  [ "$status" = 0 ] || exit "$status"
  # For tools that do not ask for indices by their digests.
  while read -r file; do muster-s3 cp "dists/$file" "$url/$file" >/dev/null; done < <(cd dists && find main -name Packages.gz)
  left_over "$1" "$2" >>gone
  sort -u gone | while read -r file; do muster-s3 rm "s3://$DOWNLOADS_BUCKET/$1/$file" >/dev/null; done
}

# Fetches what is built for a platform to where the pool will have it.
collect() { # platform family suite key of its checksum
  local url=s3://$SCRATCH_BUCKET/$4 sum file name
  mkdir -p "$2-$3/pool"
  if [ "$4" = - ]; then return; fi
  if ! there "$url"; then
    echo "$1: ${url##*/} is not built"
    return
  fi
  rm -rf built
  mkdir built
  muster-s3 cp "$url" built.sha256 >/dev/null
  name=$(sed -n 's/.*  \(.*\)_[^_]*\.dsc$/\1/p' built.sha256)
  while read -r sum file; do
    muster-s3 cp "${url%/*}/$file" "built/$file" >/dev/null
    sha256sum --check --quiet <<<"$sum  built/$file"
  done < <(grep '\.deb$' built.sha256)
  mkdir -p "$2-$3/pool/main/${name:0:1}/$name"
  mv built/*.deb "$2-$3/pool/main/${name:0:1}/$name/"
  published+=("$1")
}

published=()
while read -r platform family suite key; do
  if [ -n "$platform" ]; then collect "$platform" "$family" "$suite" "$key"; fi
done <<<"$BUILT"

taken=0
while read -r family suite; do
  if [ -z "$suite" ]; then continue; fi
  etag=$(fetch_suite "s3://$DOWNLOADS_BUCKET/$family/dists/$suite")
  write_indices "$family" "$suite"
  sign "$family" "$suite"
  upload "$family" "$suite" "$etag"
  taken=$((taken + $(sort -u gone | wc -l)))
done < <(cut -d ' ' -f 2,3 <<<"$BUILT" | sort -u)

words=$(printf '%s, ' "${published[@]:-nothing new}")
note "${words%, }$(if [ "$taken" -gt 0 ]; then echo "; $taken withdrawn"; fi)"
