# Shared by the scripts: where things are, and how to say that something is wrong.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
VAR=$(realpath -m "${ZTFVO_VAR:-$ROOT/var}")
VENV=$VAR/venv
umask 022

# fail CAUSE REMEDY: say both and leave.
fail() {
  printf 'Error: %s\nRemedy: %s\n' "$1" "$2" >&2
  exit 1
}

say() { printf '%s\n' "$*"; }

# setting NAME DEFAULT: a setting from the environment or var/settings.env.
setting() {
  local value=${!1:-}
  if [ -z "$value" ] && [ -r "$VAR/settings.env" ]; then
    value=$(sed -n "s/^ *$1 *= *//p" "$VAR/settings.env" | tail -n 1 | tr -d "\"'")
  fi
  printf '%s' "${value:-$2}"
}

# need_venv: the other scripts work only after set-up.
need_venv() {
  [ -e "$VENV/ztfvo.sum" ] ||
    fail "the environment $VENV is missing" "run $ROOT/scripts/setup first"
}
