#!/bin/sh
# Puts what `make test-all` needs beyond Go in place: a system-call tracer from
# the distribution, the ClickHouse engine and the published clients into a cache.
# Does nothing that is done already.
set -eu
cd "$(dirname "$0")/.."
if ! command -v strace >/dev/null; then
	sudo=
	[ "$(id -u)" = 0 ] || sudo=sudo
	$sudo apt-get update -qq
	$sudo apt-get install -y -qq --no-install-recommends strace
fi
scripts/fetch-libchdb.sh >/dev/null
scripts/tool.sh chserver --path >/dev/null
conformance/install.sh
