# Started as root, everything runs as a system user; this makes it and checks its rights.

# run_user: the user the service runs as.
run_user() {
  local owner
  if [ "$(id -u)" != 0 ]; then
    id -un
    return
  fi
  owner=$(stat -c %U "$VAR" 2>/dev/null || echo root)
  if [ "$owner" = root ]; then setting ZTFVO_SYSTEM_USER ztfvo; else echo "$owner"; fi
}

make_user() {
  [ "$(id -u)" = 0 ] || return 0
  id "$RUN_USER" >/dev/null 2>&1 ||
    useradd --system --user-group --no-create-home --home-dir "$VAR" --shell /usr/sbin/nologin \
      "$RUN_USER" || fail "the system user '$RUN_USER' cannot be made" "make it, or set ZTFVO_SYSTEM_USER"
}

as_run_user() {
  if [ "$(id -un)" = "$RUN_USER" ]; then
    "$@"
  else
    setpriv --reuid "$RUN_USER" --regid "$(id -gn "$RUN_USER")" --init-groups "$@"
  fi
}

# The state folder belongs to the run user; the environment in it stays as it is.
make_state() {
  mkdir -p "$VAR/log" 2>/dev/null || fail "the state folder $VAR cannot be written" \
    "set ZTFVO_VAR to a folder of your own"
  [ "$(stat -c %U "$VAR/log")" = "$RUN_USER" ] || {
    [ "$(id -u)" = 0 ] || fail "$VAR/log does not belong to you" "set ZTFVO_VAR to a folder of your own"
    chown "$RUN_USER:" "$VAR" "$VAR/log"
  }
}

# can_enter FOLDER: the first folder on the way that the run user may not pass.
closed_folder() {
  local path='' part
  local IFS=/
  for part in ${1#/}; do
    path=$path/$part
    as_run_user test -x "$path" || { echo "$path"; return; }
  done
}

check_access() {
  local closed unread
  closed=$(closed_folder "$ROOT")
  [ -n "$closed" ] || closed=$(closed_folder "$VAR")
  [ -z "$closed" ] || fail "the user '$RUN_USER', which runs the service, may not enter $closed" \
    "chmod o+x $closed, or keep the checkout elsewhere, as in /opt/ztfvo"
  unread=$(as_run_user find "$ROOT/resources" "$ROOT/kdb" "$ROOT/etc" "$ROOT/scripts" ! -readable -print -quit 2>/dev/null)
  [ -z "$unread" ] || fail "the user '$RUN_USER' may not read $unread" "chmod -R go+rX $ROOT"
}
