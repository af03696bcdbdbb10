#!/bin/sh
# Fetches axe-core, which the tests inject into pages to judge their accessibility. Called by
# `make vendor`; the result is committed. axe-core is licensed under MPL-2.0, and is never served.
set -eu

VERSION=4.14.1
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cd "$work"
npm pack --silent "axe-core@$VERSION" > /dev/null
tar -xzf "axe-core-$VERSION.tgz"
cp package/axe.min.js package/LICENSE package/LICENSE-3RD-PARTY.txt "$here"
echo "axe-core@$VERSION" > "$here/VERSION"
