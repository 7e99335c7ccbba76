#!/bin/sh
# Runs a development tool at the version that tools/go.mod pins. The tool is
# built once into a cache, because building a linter takes minutes.
#
#   scripts/tool.sh golangci-lint run
set -eu
name=$1
shift
cd "$(dirname "$0")/.."
cache=${FUSEBOX_TEST_CACHE:-$HOME/.cache/fusebox-test}
sum=$(cat tools/go.mod tools/go.sum | cksum | cut -d' ' -f1)
bin=$cache/tools-$sum/$name
if [ ! -x "$bin" ]; then
	mkdir -p "$(dirname "$bin")"
	case $name in
	golangci-lint) pkg=github.com/golangci/golangci-lint/v2/cmd/golangci-lint ;;
	gofumpt) pkg=mvdan.cc/gofumpt ;;
	chserver) pkg=./chserver ;;
	*)
		echo "tool.sh: unknown tool $name" >&2
		exit 2
		;;
	esac
	(cd tools && GOWORK=off CGO_ENABLED=0 go build -o "$bin" "$pkg")
fi
if [ "$#" -eq 1 ] && [ "$1" = --path ]; then
	echo "$bin"
else
	exec "$bin" "$@"
fi
