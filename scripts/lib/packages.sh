# The package step: what Debian provides. Only this step needs root.

GAVO_LEAST=2.11
# The first version that nobody has run the tests with: raise it, run scripts/test, and keep it.
GAVO_BELOW=2.12
PGSPHERE_LEAST=1.4.2
MIB_FOR_PACKAGES=2000

check_system() {
  local ID='' VERSION_ID=''
  [ -r /etc/os-release ] && . /etc/os-release
  case $ID:$VERSION_ID in
    debian:12) PG=15 ;;
    debian:13) PG=17 ;;
    *) fail "this system is '${ID:-unknown} ${VERSION_ID:-}', not Debian 12 or 13" \
      "use a machine or container with Debian 12 (bookworm) or 13 (trixie)" ;;
  esac
}

# check_space FOLDER MIB WHAT
check_space() {
  local folder=$1 free
  while [ ! -d "$folder" ]; do folder=$(dirname "$folder"); done
  free=$(($(df -Pk "$folder" | awk 'NR == 2 {print $4}') / 1024))
  [ "$free" -ge "$2" ] ||
    fail "only $free MiB are free in $folder, $3 need $2 MiB" \
      "free some space there, or set ZTFVO_VAR to a folder on a larger disk"
}

installed_version() { dpkg-query -W -f '${db:Status-Status} ${Version}' "$1" 2>/dev/null | sed -n 's/^installed //p'; }

# has_version PACKAGE LEAST
has_version() {
  local version
  version=$(installed_version "$1")
  [ -n "$version" ] && dpkg --compare-versions "$version" ge "$2"
}

needs_database() { [ -z "$(setting ZTFVO_DSN '')" ]; }

# missing PACKAGE[:LEAST VERSION]...: those that are not there, or too old.
missing() {
  local wanted name
  for wanted in "$@"; do
    name=${wanted%%:*}
    has_version "$name" "${wanted#*:}" || printf '%s ' "$name"
  done
}

python_packages() { missing python3-venv:0 ca-certificates:0; }

service_packages() {
  local database=()
  ! needs_database || database=("postgresql-$PG:0" "postgresql-$PG-q3c:0"
    "postgresql-$PG-pgsphere:$PGSPHERE_LEAST")
  missing nginx:0 logrotate:0 "python3-gavo:$GAVO_LEAST" "${database[@]}"
}

test_packages() { missing chromium-headless-shell:0 nodejs:0; }

# check_dachs: the repairs of DaCHS are for the versions that the tests were run with.
check_dachs() {
  local version
  version=$(installed_version python3-gavo)
  [ -n "$version" ] && dpkg --compare-versions "$version" lt "$GAVO_BELOW~" || fail \
    "DaCHS $version is installed, and the tests were run with versions below $GAVO_BELOW only" \
    "install one of these, or raise GAVO_BELOW in scripts/lib/packages.sh and run scripts/test"
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  else
    sudo -n true 2>/dev/null || sudo -v || fail "sudo refused" "ask for sudo rights, or run as root"
    sudo "$@"
  fi
}

apt_update() {
  as_root apt-get update -q -o APT::Update::Error-Mode=any >"$1" 2>&1 || {
    tail -n 5 "$1" >&2
    fail "the package lists cannot be fetched" \
      "check the network and the mirrors in /etc/apt (apt-get update must succeed)"
  }
}

# own_mirror: "URI|KEY" of the Debian archive this machine uses, from apt itself.
own_mirror() {
  apt-get indextargets --format '$(CODENAME)|$(LABEL)|$(COMPONENT)|$(CREATED_BY)|$(REPO_URI)|$(SOURCESENTRY)' |
    awk -F'|' '$1 == "bookworm" && $2 == "Debian" && $3 == "main" && $4 == "Packages" {print $5 "|" $6; exit}'
}

# signing_key FILE: the key file named by an apt source file (.sources or .list).
signing_key() {
  sed -n -e 's/^Signed-By: *\(\/[^ ]*\).*/\1/p' -e 's/^deb .*signed-by=\(\/[^] ,]*\).*/\1/p' "$1" | head -n 1
}

# Debian 12 only: DaCHS from trixie, pgsphere from backports, nothing else from either.
add_sources() {
  local found uri entry key
  found=$(own_mirror)
  uri=${found%%|*} entry=${found#*|}
  [ -n "$uri" ] || fail "no Debian archive for bookworm in apt's configuration" \
    "add a source of suite bookworm, component main, to /etc/apt/sources.list.d"
  key=$(signing_key "${entry%:*}")
  [ -n "$key" ] || key=/usr/share/keyrings/debian-archive-keyring.gpg
  {
    printf 'Types: deb\nURIs: %s\nSuites: bookworm-backports trixie\nComponents: main\n' "$uri"
    [ ! -r "$key" ] || printf 'Signed-By: %s\n' "$key"
  } | as_root tee /etc/apt/sources.list.d/ztfvo.sources >/dev/null
  as_root tee /etc/apt/preferences.d/ztfvo.pref >/dev/null <<'PREFERENCES'
Package: *
Pin: release n=trixie
Pin-Priority: -1

Package: python3-gavo*
Pin: release n=trixie
Pin-Priority: 600

Package: postgresql-*-pgsphere
Pin: release n=bookworm-backports
Pin-Priority: 600
PREFERENCES
}

# No service of the system may start by itself: neither now nor at the next boot.
hold_services() {
  HELD=()
  if [ ! -e /usr/sbin/policy-rc.d ]; then
    printf '#!/bin/sh\nexit 101\n' | as_root tee /usr/sbin/policy-rc.d >/dev/null
    as_root chmod 755 /usr/sbin/policy-rc.d
    HELD+=(/usr/sbin/policy-rc.d)
  fi
  if ! has_version nginx 0 && [ ! -e /etc/systemd/system/nginx.service ]; then
    as_root mkdir -p /etc/systemd/system
    as_root ln -s /dev/null /etc/systemd/system/nginx.service
    say "The system's own nginx service is masked (systemctl unmask nginx brings it back)."
  fi
  if ! has_version postgresql-common 0; then
    as_root mkdir -p /etc/postgresql-common/createcluster.d
    echo 'create_main_cluster = false' |
      as_root tee /etc/postgresql-common/createcluster.d/ztfvo.conf >/dev/null
    HELD+=(/etc/postgresql-common/createcluster.d/ztfvo.conf)
  fi
}

release_services() { [ ${#HELD[@]} = 0 ] || as_root rm -f "${HELD[@]}"; }

# prepare_packages PACKAGES: check what an installation needs, and fetch the package lists.
prepare_packages() {
  local log
  [ "$(id -u)" = 0 ] || command -v sudo >/dev/null ||
    fail "packages are missing ($1) and there is no sudo" \
      "run this as root, or install sudo, or have an administrator install the packages"
  check_space /usr "$MIB_FOR_PACKAGES" "Debian's packages"
  say "Installing packages: $1"
  log=$(mktemp)
  apt_update "$log"
  if [ "$PG" = 15 ] && [ ! -e /etc/apt/preferences.d/ztfvo.pref ]; then
    add_sources
    apt_update "$log"
  fi
  rm -f "$log"
}

# install_packages PACKAGES: with no service of the system started.
install_packages() {
  local log
  [ -n "${1// /}" ] || return 0
  log=$(mktemp)
  HELD=()
  trap release_services EXIT
  hold_services
  # shellcheck disable=SC2086
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
    -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 $1 >"$log" 2>&1 || {
    tail -n 15 "$log" >&2
    fail "apt-get could not install: $1" "see the lines above, then run this again"
  }
  release_services
  trap - EXIT
  rm -f "$log"
}
