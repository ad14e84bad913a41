#!/bin/bash
# Brings what is built of a version into the yum repositories of its platforms, and takes out of them what was withdrawn. What users have is the only
# copy of a repository: each is made of the signed metadata that they have, and replaces just that.
set -euo pipefail
# What users have is read in $(…), where a failure would otherwise pass for an empty repository.
shopt -s inherit_errexit
need createrepo_c:createrepo-c rpmsign:rpm gpgv:gpgv gzip:gzip
open_key
touch none

locations_in() { # metadata
  sed -n 's/.*<location href="\([^"]*\)".*/\1/p' "$1"
}

# Users ask for repomd.xml.asc. The same lies under a name that only its repomd.xml has, and there first: where an attempt ended between the two files,
# the next one finds it.
signature_name() { echo "repodata/$(sha256sum <repo/repodata/repomd.xml | cut -d ' ' -f 1)-repomd.xml.asc"; }

is_signed() { # url name of the signature
  echo "there is no $2" >gpgv.log
  if ! there "$1/$2"; then return 1; fi
  muster-s3 cp "$1/$2" repomd.asc >/dev/null
  gpg --batch --yes --quiet --dearmor --output repomd.sig repomd.asc 2>gpgv.log &&
    gpgv --quiet --keyring ./public.gpg repomd.sig repo/repodata/repomd.xml 2>gpgv.log
}

# The metadata that users have, at repo/repodata, verified down from repomd.xml. Prints repomd.xml's etag, which is its MD5 sum.
fetch_metadata() { # url
  local file sum
  rm -rf repo
  mkdir -p repo/repodata
  if ! there "$1/repodata/repomd.xml"; then return; fi
  muster-s3 cp "$1/repodata/repomd.xml" repo/repodata/repomd.xml >/dev/null
  is_signed "$1" repodata/repomd.xml.asc || is_signed "$1" "$(signature_name)" ||
    fail "$1/repodata/repomd.xml does not bear the signature of $KEY_NAME: $(tail -n 1 gpgv.log)"
  # Their names begin with their digests.
  while read -r file; do
    muster-s3 cp "$1/$file" "repo/$file" >/dev/null
    sum=${file##*/}
    sha256sum --check --status <<<"${sum%%-*}  repo/$file" || fail "$1/$file is not the one that its repomd.xml names: restore that, users cannot read it either"
  done < <(locations_in repo/repodata/repomd.xml)
  md5sum <repo/repodata/repomd.xml | cut -d ' ' -f 1
}

is_withdrawn() { # path in the repository
  local prefix
  while read -r prefix; do
    if [ -n "$prefix" ] && [[ $1 == "$prefix"* ]]; then return; fi
  done <<<"$WITHDRAWN"
  return 1
}

# Fetches what is built, signs it, and lists it in `new` unless the repository has it.
collect() { # folder in the repository, key of the checksums
  local url=s3://$SCRATCH_BUCKET/$2 sum file
  if ! there "$url"; then
    echo "${url##*/} is not built"
    return
  fi
  muster-s3 cp "$url" built.sha256 >/dev/null
  mkdir -p "repo/$1"
  while read -r sum file; do
    if [[ $file == *.src.rpm ]] || grep --quiet --line-regexp --fixed-strings "$1/$file" old; then continue; fi
    muster-s3 cp "${url%/*}/$file" "repo/$1/$file" >/dev/null
    sha256sum --check --quiet <<<"$sum  repo/$1/$file"
    # Debian names gpg by a path that it has no longer.
    rpmsign --define "_gpg_name $(fingerprint_in public.gpg)" --define "__gpg $(command -v gpg)" --addsign "repo/$1/$file" >/dev/null 2>rpmsign.log ||
      fail "rpmsign cannot sign $file: $(tail -n 1 rpmsign.log)"
    echo "$1/$file" >>new
  done <built.sha256
}

upload() { # url etag
  local file status=0 condition=(--if-none-match)
  if [ -n "$2" ]; then condition=(--if-match "\"$2\""); fi
  while read -r file; do muster-s3 cp "repo/$file" "$1/$file" >/dev/null; done <new
  while read -r file; do muster-s3 cp "repo/$file" "$1/$file" >/dev/null; done < <(locations_in repo/repodata/repomd.xml)
  muster-s3 cp repo/repodata/repomd.xml.asc "$1/$(signature_name)" >/dev/null
  muster-s3 cp repo/repodata/repomd.xml "$1/repodata/repomd.xml" "${condition[@]}" >/dev/null || status=$?
  if [ "$status" = 3 ]; then fail "$1 was published by another build meanwhile: build again, and what is missing is published"; fi
  [ "$status" = 0 ] || exit "$status"
  muster-s3 cp repo/repodata/repomd.xml.asc "$1/repodata/repomd.xml.asc" >/dev/null
  muster-s3 cp public.asc "$1/repodata/repomd.xml.key" >/dev/null
}

# The list of what is published of a version, by which builds know that it is.
write_list() { # url list
  local folder=${2%/*} path
  if there "$1/$2" && ! grep --quiet --fixed-strings "$folder/" new; then return; fi
  mkdir -p "repo/$folder"
  while read -r path; do
    [ -f "repo/$path" ] || muster-s3 cp "$1/$path" "repo/$path" >/dev/null
    (cd "repo/$folder" && sha256sum "${path##*/}")
  done < <(grep --fixed-strings "$folder/" listed) >sums
  muster-s3 cp sums "$1/$2" --content-type text/plain >/dev/null
}

# Removes what no index names any longer. The list of it goes last: what is cut off is done by the next build.
remove_withdrawn() { # url folder
  local file
  if ! there "$1/$2/SHA256SUMS"; then return; fi
  muster-s3 cp "$1/$2/SHA256SUMS" sums >/dev/null
  while read -r _ file; do muster-s3 rm "$1/$2/$file" >/dev/null; done <sums
  muster-s3 rm "$1/$2/SHA256SUMS" >/dev/null
}

words=() taken=0
while read -r platform; do
  url=s3://$DOWNLOADS_BUCKET/rpm/$platform
  etag=$(fetch_metadata "$url")
  : >old
  : >new
  : >gone
  for primary in repo/repodata/*-primary.xml.gz; do
    if [ -f "$primary" ]; then gzip --decompress --stdout "$primary" | sed -n 's/.*<location href="\([^"]*\)".*/\1/p' >old; fi
  done
  lists=() dropped=()
  while read -r of key list; do
    if [ "$of" != "$platform" ]; then continue; fi
    list=${list#"rpm/$platform/"}
    if [ "$key" = - ]; then
      dropped+=("${list%/*}")
      continue
    fi
    collect "${list%/*}" "$key"
    if grep --quiet --fixed-strings "${list%/*}/" old new; then lists+=("$list"); fi
  done <<<"$BUILT"
  while read -r path; do
    if is_withdrawn "$path"; then echo "$path" >>gone; else echo "$path"; fi
  done < <(cat old new) >listed
  # Of what is not here, the metadata that there are go on.
  createrepo_c --quiet --update --skip-stat --no-database --pkglist listed repo 2>createrepo.log ||
    fail "createrepo_c: $(tail -n 1 createrepo.log)"
  gpg --batch --yes --armor --detach-sign --output repo/repodata/repomd.xml.asc repo/repodata/repomd.xml
  upload "$url" "$etag"
  for list in "${lists[@]}"; do write_list "$url" "$list"; done
  mapfile -t -O "${#dropped[@]}" dropped < <(sed 's|/[^/]*$||' gone | sort -u)
  for folder in "${dropped[@]}"; do remove_withdrawn "$url" "$folder"; done
  taken=$((taken + $(wc -l <gone)))
  if [ -s new ]; then words+=("$platform"); fi
done < <(cut -d ' ' -f 1 <<<"$BUILT" | sort -u)
said=$(printf '%s, ' "${words[@]:-nothing new}")
note "${said%, }$(if [ "$taken" -gt 0 ]; then echo "; $taken withdrawn"; fi)"
