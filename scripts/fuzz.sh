#!/bin/sh
# Runs every fuzz target for the given time, one after the other.
#
#   scripts/fuzz.sh 30s
set -eu
cd "$(dirname "$0")/.."
time=${1:-30s}
for dir in $(git ls-files '*_test.go' | xargs grep -l '^func Fuzz' | xargs -n1 dirname | sort -u); do
	for target in $(grep -hoE '^func Fuzz[A-Za-z0-9]+' "$dir"/*_test.go | cut -d' ' -f2); do
		echo "$dir $target"
		# Minimizing large inputs would take the time that is meant for new ones.
		go test "./$dir" -run '^$' -fuzz "^$target\$" -fuzztime "$time" -fuzzminimizetime 20x
	done
done
