# The isolated Python environment in var/venv.

DIST_PACKAGES=/usr/lib/python3/dist-packages
MIB_FOR_STATE=3000

# Run PIP quietly; on failure show the end of what it said.
pip_install() {
  local log=$VAR/log/pip.log
  "$VENV/bin/python" -m pip --no-input --disable-pip-version-check install \
    --no-build-isolation --use-pep517 "$@" >"$log" 2>&1 || {
    grep -v '^WARNING: ' "$log" | tail -n 8 >&2
    if grep -qiE 'connection|resolution|timed out|unreachable|no matching distribution' "$log"; then
      fail "Python packages cannot be fetched" "check the network and pip's configuration"
    fi
    fail "pip could not install the locked packages (full text in $log)" "see the lines above"
  }
}

# environment_sum FILE...: what an environment depends on, as one checksum.
environment_sum() {
  { cat "$@"; sed '/^\[tool.ruff\]/,$d' "$ROOT/pyproject.toml"; printf '%s' "$ROOT"; /usr/bin/python3 --version; } |
    sha256sum | cut -d' ' -f1
}

# link_programs: the command ztfvo gives up root's rights before it runs Python, and Debian's gavo
# package becomes part of the environment.
link_programs() {
  local site egg command
  command=$(printf '#!/bin/sh\nexec "%s/scripts/lib/ztfvo" "$@"' "$ROOT")
  if [ "$(cat "$VENV/bin/ztfvo" 2>/dev/null)" != "$command" ]; then
    rm -f "$VENV/bin/ztfvo"
    echo "$command" >"$VENV/bin/ztfvo"
    chmod 755 "$VENV/bin/ztfvo"
  fi
  site=$(echo "$VENV"/lib/python3.*/site-packages)
  egg=$(ls -d "$DIST_PACKAGES"/gavodachs-*.egg-info | tail -n 1)
  [ ! -e "$site/${egg##*/}" ] || return 0
  rm -f "$site"/gavo "$site"/gavodachs-*.egg-info
  ln -s "$DIST_PACKAGES/gavo" "$site/gavo"
  ln -s "$egg" "$site/"
  printf '#!%s\nfrom gavo.user.cli import main\n\nmain()\n' "$VENV/bin/python" >"$VENV/bin/dachs"
  chmod 755 "$VENV/bin/dachs"
}

# compile_code: the services may not write where the code is, and would compile it at each start.
compile_code() {
  [ ! -w "$ROOT/resources" ] ||
    "$VENV/bin/python" -m compileall -q "$ROOT/resources/ztfvo" "$ROOT/resources/ztfvo_dachs" "$ROOT/kdb"
}

# make_venv: create or renew the environment when its inputs changed.
make_venv() {
  local sum bootstrap
  sum=$(environment_sum "$ROOT/etc/requirements.lock")
  [ "$(cat "$VENV/ztfvo.sum" 2>/dev/null)" != "$sum" ] || return 0
  check_space "$VAR" "$MIB_FOR_STATE" "the environment and the database"
  say "Installing the Python environment $VENV, which takes some minutes"
  [ -x "$VENV/bin/python" ] || /usr/bin/python3 -m venv --clear "$(realpath "$VENV")"
  bootstrap=$(mktemp)
  awk '/^[a-z]/ {keep = /^setuptools==/} keep' "$ROOT/etc/requirements.lock" >"$bootstrap"
  pip_install --require-hashes -r "$bootstrap"
  rm -f "$bootstrap"
  pip_install --require-hashes -r "$ROOT/etc/requirements.lock"
  pip_install --no-deps --editable "$ROOT"
  echo "$sum" >"$VENV/ztfvo.sum"
}

# make_dev_venv: add what tests and benchmarks need to the same environment.
make_dev_venv() {
  local sum
  sum=$(environment_sum "$ROOT/etc/requirements.lock" "$ROOT/etc/requirements-dev.lock")
  [ "$(cat "$VENV/ztfvo-dev.sum" 2>/dev/null)" != "$sum" ] || return 0
  say "Adding test and benchmark packages to $VENV"
  pip_install --require-hashes -r "$ROOT/etc/requirements-dev.lock"
  echo "$sum" >"$VENV/ztfvo-dev.sum"
}
