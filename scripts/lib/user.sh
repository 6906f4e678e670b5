# Started as root, each part runs as a system user of its own; this makes them and checks rights.

# state_owner: whose the state folder is; nobody's where it is missing.
state_owner() { stat -c %U "$VAR" 2>/dev/null || true; }

# has_walls: whether each part has a user of its own, see ztfvo.site.identity.
has_walls() {
  local owner name
  owner=$(state_owner) name=$(setting ZTFVO_SYSTEM_USER ztfvo)
  [ "$name" != root ] || return 1
  case ${owner:-root} in root) return 0 ;; "$name") [ "$(id -u)" = 0 ] ;; *) return 1 ;; esac
}

# user_of PART: the user of a part.
user_of() {
  if has_walls; then
    awk -v part="$1" -v name="$(setting ZTFVO_SYSTEM_USER ztfvo)" \
      '$1 == part {print name ($2 == "." ? "" : $2)}' "$ROOT/etc/system-users"
  elif [ "$(id -u)" = 0 ]; then
    state_owner
  else
    id -un
  fi
}

parts() { awk '/^[a-z]/ {print $1}' "$ROOT/etc/system-users"; }

# make_users: those that are missing, and the further groups they are in.
make_users() {
  local part user group
  [ "$(id -u)" = 0 ] && has_walls || return 0
  for part in $(parts); do
    user=$(user_of "$part")
    id "$user" >/dev/null 2>&1 ||
      useradd --system --user-group --no-create-home --home-dir "$VAR/home/$part" \
        --shell /usr/sbin/nologin "$user" ||
      fail "the system user '$user' cannot be made" "make it, or set ZTFVO_SYSTEM_USER"
  done
  awk '/^[a-z]/ && $3 != "." {print $1, $3}' "$ROOT/etc/system-users" |
    while read -r part group; do
      usermod --append --groups "$(user_of "$group")" "$(user_of "$part")"
    done
}

# rights_of PART: RIGHTS, what before a command gives it the rights of the part's user only.
rights_of() {
  local user
  user=$(user_of "$1")
  RIGHTS=()
  [ "$(id -un)" = "$user" ] || [ "$(id -u)" != 0 ] ||
    RIGHTS=(setpriv --reuid "$user" --regid "$(id -gn "$user")" --init-groups --inh-caps=-all
      --no-new-privs env HOME="$VAR/home/$1")
}

# as_part PART COMMAND...: with the rights of the part's user only, where root calls.
as_part() {
  local RIGHTS
  rights_of "$1"
  "${RIGHTS[@]}" "${@:2}"
}

# make_state: the state folder, which is root's where each part has a user.
make_state() {
  mkdir -p "$VAR/log" 2>/dev/null || fail "the state folder $VAR cannot be written" \
    "set ZTFVO_VAR to a folder of your own"
  [ "$(id -u)" = 0 ] || [ "$(stat -c %u "$VAR/log")" = "$(id -u)" ] ||
    fail "$VAR/log does not belong to you" "set ZTFVO_VAR to a folder of your own"
  # Root runs no environment that somebody else made.
  if [ "$(id -u)" = 0 ] && has_walls && [ -d "$VENV/bin" ] && [ "$(stat -c %u "$VENV/bin")" != 0 ]; then
    rm -rf "$VENV"
  fi
}

# closed_folder FOLDER: the first folder on the way that a part's user may not pass.
closed_folder() {
  local path='' part
  local IFS=/
  for part in ${1#/}; do
    path=$path/$part
    as_part dachs test -x "$path" || { echo "$path"; return; }
  done
}

check_access() {
  local closed unread changeable
  closed=$(closed_folder "$ROOT")
  [ -n "$closed" ] || closed=$(closed_folder "$VAR")
  [ -z "$closed" ] || fail "the user '$(user_of dachs)', which runs DaCHS, may not enter $closed" \
    "chmod o+x $closed, or keep the checkout elsewhere, as in /opt/ztfvo"
  unread=$(as_part dachs find "$ROOT/resources" "$ROOT/kdb" "$ROOT/etc" "$ROOT/scripts" ! -readable -print -quit 2>/dev/null)
  [ -z "$unread" ] || fail "the user '$(user_of dachs)' may not read $unread" "chmod -R go+rX $ROOT"
  [ "$(id -u)" = 0 ] && has_walls || return 0
  # What root runs from here must not be the services' to change.
  changeable=$(changeable_by_services)
  [ -z "$changeable" ] || fail "a service could change $changeable, which root runs" \
    "chown -R root: $ROOT and chmod -R o-w $ROOT"
}

# changeable_by_services: the first file or folder of the programs that a service's user owns, or
# that everyone may write to.
changeable_by_services() {
  local part words=(-perm -o+w)
  for part in $(parts); do words+=(-o -user "$(user_of "$part")"); done
  find "$ROOT" -path "$VAR" -prune -o -path "$ROOT/var" -prune -o -path "$ROOT/.git" -prune -o \
    ! -type l \( "${words[@]}" \) -print -quit
}
