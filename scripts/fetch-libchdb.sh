#!/bin/sh
# Puts a pinned libchdb.so (the ClickHouse engine as a shared library,
# Apache-2.0) into a cache directory and prints its path on stdout.
#
#   export LIBCHDB=$(scripts/fetch-libchdb.sh)
#
# Needs npm, and the network the first time: 178 MB to download, 540 MB kept,
# about 0.9 GB at the peak. npm checks the tarball against the registry's hash,
# this script checks it against the hash below.
#
# FUSEBOX_TEST_CACHE overrides the cache directory (default ~/.cache/fusebox-test).
set -eu

version=26.7.3-stable.1
case "$(uname -s)-$(uname -m)" in
Linux-x86_64)
	package=@chdb/lib-linux-x64-gnu
	sha512=5cff7b98caa7739b59a4a432c11f0dedc2d3b073624e61ebdf4a42e66ce8de35a6ba48ca9f62016bad1cd81fe059435cb858ce3235a8a2b408082a81563e70a7 ;;
*)
	echo "fetch-libchdb: no pinned library for $(uname -s) $(uname -m)" >&2
	exit 1 ;;
esac

# The hash is part of the path, so a cache filled for another pin is never used.
dest=${FUSEBOX_TEST_CACHE:-$HOME/.cache/fusebox-test}/libchdb-$version-$(printf %.12s "$sha512")
lib=$dest/libchdb.so
if [ ! -f "$lib" ]; then
	mkdir -p "$dest"
	work=$(mktemp -d "$dest/fetch.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	trap 'exit 1' HUP INT TERM
	# An npm cache of its own, removed with the rest: npm would keep the tarball.
	tarball=$(cd "$work" && npm pack --silent --ignore-scripts --cache "$work/npm-cache" "$package@$version" | tail -n 1)
	if ! echo "$sha512  $work/$tarball" | sha512sum --check --status -; then
		echo "fetch-libchdb: $package@$version does not have the pinned hash" >&2
		exit 1
	fi
	tar -xzf "$work/$tarball" -C "$work" package/libchdb.so
	mv "$work/package/libchdb.so" "$lib" # same file system, so atomic
fi
echo "$lib"
