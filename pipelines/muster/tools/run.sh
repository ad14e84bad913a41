#!/bin/bash
# Runs one of the release tools of this source tree, with the dependencies that the tree's lock file names: run.sh <tool>
set -euo pipefail

tools=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tree=$(cd "$tools/../../.." && pwd)
checkout=${MUSTER_REPOSITORY:-}

# Links to packages within the workspace are relative, so that they lead into this tree; those to dependencies lead to the checkout's.
# What begins with a dot is no dependency: tests keep a whole root file system in a cache there.
borrow_dependencies() {
  ln -s "$checkout/node_modules" "$tree/node_modules"
  local package
  for package in "$tree"/packages/* "$tree"/pipelines/*; do
    local installed=$checkout/${package#"$tree/"}/node_modules
    if [ ! -d "$installed" ]; then continue; fi
    mkdir "$package/node_modules"
    find "$installed" -mindepth 1 -maxdepth 1 ! -name '.*' -exec cp -a --target-directory "$package/node_modules" {} +
  done
}

if [ ! -e "$tree/node_modules" ]; then
  # pnpm keeps the lock file that it installed from.
  if [ -n "$checkout" ] && cmp --quiet "$checkout/node_modules/.pnpm/lock.yaml" "$tree/pnpm-lock.yaml"; then
    borrow_dependencies
  else
    if ! command -v npx >/dev/null; then
      echo "the dependencies of this source are not those of the checkout, and npm, which installs them, is in none of $PATH" >&2
      exit 1
    fi
    pnpm=$(sed -n 's/.*"packageManager": *"\(pnpm@[^"+]*\).*/\1/p' "$tree/package.json")
    (cd "$tree" && npx --yes "$pnpm" install --frozen-lockfile --prefer-offline --reporter=append-only \
      --filter muster --filter "@muster/cli..." --filter "@muster/pipeline-muster...")
  fi
fi

# The Node that the repository is pinned to, not the machine's.
exec "$tree/node_modules/node/bin/node" --disable-warning=ExperimentalWarning "$tools/$1.ts"
