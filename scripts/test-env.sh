# Sourced by the targets that need more than Go: says where the engines are.
LIBCHDB=$(scripts/fetch-libchdb.sh) || exit 1
CHSERVER_BIN=$(scripts/tool.sh chserver --path) || exit 1
export LIBCHDB CHSERVER_BIN
