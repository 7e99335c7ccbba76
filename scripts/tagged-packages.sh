#!/bin/sh
# Prints the packages that have tests under one of the build tags of `make
# test-all`, so that a run with tags does not repeat all the others.
set -eu
grep -lE '^//go:build .*(engines|clients|strace)' $(git ls-files -co --exclude-standard '*_test.go') |
	xargs -n1 dirname | sort -u | sed 's|^|./|'
