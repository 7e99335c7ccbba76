#!/bin/sh
# Installs the published clients that clients.json pins, each into a folder of its
# own under $FUSEBOX_TEST_CACHE (default ~/.cache/fusebox-test):
#
#     conformance/install.sh            every client
#     conformance/install.sh js5        one
#
# A folder is named after a lock file and its digest, so clients with the same lock
# share it, a changed pin makes a new one and an unchanged one costs a stat. The last
# line printed for each client is "<name> <folder>".
#
# Needs python3 (3.11 or newer, with venv) and, for JavaScript, node 20 or newer
# with npm. Nothing a package brings is run while it is installed: Python takes
# wheels only, npm runs no lifecycle scripts.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
cache=${FUSEBOX_TEST_CACHE:-$HOME/.cache/fusebox-test}/conformance
python=${PYTHON:-python3}
mkdir -p "$cache"

# The pins are read, and held against the lock files, by one small program: a lock
# that says another version than clients.json is an error, not a surprise.
clients=$("$python" - "$here" "$@" <<'PY'
import hashlib, json, pathlib, sys

here, wanted = pathlib.Path(sys.argv[1]), sys.argv[2:]
clients = json.loads((here / "clients.json").read_text())["clients"]
unknown = set(wanted) - {c["name"] for c in clients}
if unknown:
    sys.exit(f"clients.json has no client {', '.join(sorted(unknown))}")

for client in clients:
    if wanted and client["name"] not in wanted:
        continue
    text = (here / client["lock"]).read_text()
    if client["language"] == "python":
        lines = [line.split("==") for line in text.split() if "==" in line]
        locked = {name.lower(): version for name, version in lines}
    else:
        packages = json.loads(text)["packages"]
        locked = {path.removeprefix("node_modules/"): p.get("version") for path, p in packages.items()}
    for package, version in client["packages"].items():
        if locked.get(package.lower()) != version:
            sys.exit(f"{client['lock']} has {package} {locked.get(package.lower())}, clients.json {version}")
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    print(client["name"], client["language"], client["lock"], digest)
PY
)

echo "$clients" | while read -r name language lock digest; do
	dir=$cache/$(basename "$(dirname "$here/$lock")")-$(basename "$lock")-$digest
	if [ ! -e "$dir/installed" ]; then
		rm -rf "$dir"
		mkdir -p "$dir"
		case $language in
		python)
			"$python" -m venv "$dir"
			"$dir/bin/python" -m pip install --quiet --disable-pip-version-check \
				--no-deps --only-binary :all: -r "$here/$lock" >&2
			"$dir/bin/python" -m pip check >"$dir/check" 2>&1 || true
			"$python" - "$here" "$name" "$dir/check" >&2 <<'PY'
# What pip finds missing must be what clients.json admits, and nothing else.
import json, pathlib, sys

here, name, check = sys.argv[1:]
clients = json.loads((pathlib.Path(here) / "clients.json").read_text())["clients"]
unmet = next(c for c in clients if c["name"] == name).get("unmet", [])
found = pathlib.Path(check).read_text().splitlines()
if sorted(found) != sorted(unmet or ["No broken requirements found."]):
    sys.exit("\n".join(found))
PY
			;;
		javascript)
			cp "$here/$(dirname "$lock")/package.json" "$here/$lock" "$dir/"
			(cd "$dir" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) >&2
			;;
		esac
		: >"$dir/installed"
	fi
	echo "$name $dir"
done
