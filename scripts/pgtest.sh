#!/bin/sh
# Runs a throw-away PostgreSQL in a directory: loopback only, user "test"
# without a password, no fsync.
#
#   scripts/pgtest.sh start DIR PORT
#   scripts/pgtest.sh stop DIR
#
# PostgreSQL refuses to run as root; started as root, it runs as $PGUSER_OS
# (default nobody), who must be able to reach DIR. PGBIN names the folder with
# initdb and pg_ctl; without it the one on PATH is used, else the newest that
# Debian installed.
set -eu

usage() {
	echo "usage: pgtest.sh start DIR PORT | stop DIR" >&2
	exit 2
}

bin=${PGBIN:-}
[ -n "$bin" ] || bin=$(dirname "$(command -v pg_ctl || ls -d /usr/lib/postgresql/*/bin/pg_ctl 2>/dev/null | sort -V | tail -n 1)")
if [ ! -x "$bin/initdb" ] || [ ! -x "$bin/pg_ctl" ]; then
	echo "pgtest: no PostgreSQL server programs found; install them or set PGBIN" >&2
	exit 1
fi
user=${PGUSER_OS:-nobody}

as() {
	if [ "$(id -u)" = 0 ]; then
		setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups "$@"
	else
		"$@"
	fi
}

case ${1:-} in
start)
	[ $# = 3 ] || usage
	dir=$2 port=$3
	mkdir -p "$dir"
	[ "$(id -u)" != 0 ] || chown "$user" "$dir"
	if ! as test -x "$dir"; then
		echo "pgtest: $user cannot reach $dir" >&2
		exit 1
	fi
	if ! as "$bin/initdb" -D "$dir/data" -U test --auth=trust --no-sync --encoding=UTF8 --locale=C.UTF-8 >"$dir/init.log" 2>&1; then
		cat "$dir/init.log" >&2
		exit 1
	fi
	# No Unix socket: its path has a limit that temporary directories exceed.
	if ! as "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -w -s \
		-o "-c listen_addresses=127.0.0.1 -p $port -c unix_socket_directories='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off" start; then
		cat "$dir/log" >&2
		exit 1
	fi
	;;
stop)
	[ $# = 2 ] || usage
	as "$bin/pg_ctl" -D "$2/data" -m immediate -s stop
	;;
*)
	usage
	;;
esac
