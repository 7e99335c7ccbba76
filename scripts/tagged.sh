#!/bin/sh
# Names what stands under a build tag of `make test-all`, so that the run with
# tags does not repeat everything else.
#
#   scripts/tagged.sh packages    ./conformance ./e2e …
#   scripts/tagged.sh tests       ^(TestClients|TestReplyFollowsSync|…)$
set -eu
cd "$(dirname "$0")/.."
files=$(grep -lE '^//go:build .*(engines|clients|strace)' $(git ls-files -co --exclude-standard '*_test.go'))
case ${1-} in
packages) echo "$files" | xargs -n1 dirname | sort -u | sed 's|^|./|' ;;
tests) echo "^($(grep -hoE '^func Test[A-Za-z0-9_]+' $files | cut -d' ' -f2 | grep -v '^TestMain$' | sort -u | paste -sd'|'))\$" ;;
*)
	echo "usage: tagged.sh packages | tests" >&2
	exit 2
	;;
esac
