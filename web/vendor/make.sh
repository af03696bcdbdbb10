#!/bin/sh
# Bundles the two libraries of the browser client into web/static/web/vendor/, and the database that
# its tests use in node into tests/js/vendor/, for `make vendor`.
# This needs npm. Nothing else does, because the results are committed and the client has no build
# step. All versions are exact, including those of the libraries' own dependencies.
set -eu

ESBUILD=esbuild@0.28.2
INDEXEDDB=fake-indexeddb@6.2.8
here=$(cd "$(dirname "$0")" && pwd)
there=$here/../static/web/vendor
tests=$here/../../tests/js/vendor
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cp "$here/lit.js" "$here/idb.js" "$work"
cd "$work"
echo '{"private": true}' > package.json
# shellcheck disable=SC2046 - one argument for each version
npm install --no-audit --no-fund --no-package-lock --loglevel=error "$ESBUILD" $(cat "$here/versions.txt")

bundle() {
  ./node_modules/.bin/esbuild "$1.js" --bundle --format=esm --target=es2022 --minify \
    --legal-comments=inline --outfile="$2/$1.js"
}

bundle lit "$there"
bundle idb "$there"

{
  echo "# Made by \`make vendor\` with $ESBUILD from:"
  cat "$here/versions.txt"
} > "$there/VERSIONS"

: > "$there/LICENSES"
for package in lit idb; do
  { echo "== $package =="; echo; cat "node_modules/$package/LICENSE"; echo; } >> "$there/LICENSES"
done

# Only for tests; its licence is stored beside it.
npm install --no-audit --no-fund --no-package-lock --loglevel=error "$INDEXEDDB"
echo 'export * from "fake-indexeddb";' > fake-indexeddb.js
bundle fake-indexeddb "$tests"
{ echo "== $INDEXEDDB =="; echo; cat node_modules/fake-indexeddb/LICENSE; } > "$tests/LICENSES"
