# Libraries of the pages, in var/venv/vendor, which nginx serves as /static/vendor.

# What is served of each package, and its licence.
SERVED=(
  uplot/dist/uPlot.esm.js uplot/dist/uPlot.min.css uplot/LICENSE
  aladin-lite/dist/aladin.js aladin-lite/LICENSE aladin-lite/COPYING
  sampjs/samp.js sampjs/README.md
  js9/js9support.min.js js9/js9support.css js9/js9.min.js js9/js9.css js9/js9plugins.min.js
  js9/js9worker.js js9/astroemw.js js9/astroemw.wasm js9/images js9/LICENSE
)

node_packages() { command -v npm >/dev/null || missing npm:0; }

# fetch_library NAME VERSION SUM FOLDER: unpack a package there, if it is the one that is meant.
fetch_library() {
  local packed
  packed=$(npm pack "$1@$2" --pack-destination "$4" --silent 2>"$VAR/log/npm.log") || {
    tail -n 4 "$VAR/log/npm.log" >&2
    fail "npm could not fetch $1 $2" "check the network and npm's configuration"
  }
  [ "sha512-$(openssl dgst -sha512 -binary "$4/$packed" | base64 -w0)" = "$3" ] ||
    fail "$1 $2, as it was fetched, is not what etc/libraries.lock names" \
      "find out who changed it before it is used"
  mkdir "$4/$1"
  tar --extract --no-same-owner --file "$4/$packed" --directory "$4/$1" --strip-components 1
}

# make_libraries [--dev]: fetch them when the lock file changed; with --dev what tests use too.
make_libraries() {
  local lock=$ROOT/etc/libraries.lock fresh name version use sum file
  sum=$({ cat "$lock"; printf '%s ' "${SERVED[@]}"; } | sha256sum | cut -d' ' -f1)
  case $(cat "$VENV/vendor.sum" 2>/dev/null) in "$sum $*" | "$sum --dev") return 0 ;; esac
  say "Installing the libraries of the pages"
  fresh=$(mktemp -d)
  while read -r name version use file; do
    [ "$use" = pages ] || [ "${1:-}" = --dev ] || continue
    fetch_library "$name" "$version" "$file" "$fresh"
  done < <(grep -v '^#' "$lock")
  rm -rf "$VENV/vendor" "$VENV/vendor-tests"
  for file in "${SERVED[@]}"; do
    mkdir -p "$VENV/vendor/$(dirname "$file")"
    cp -r "$fresh/$file" "$VENV/vendor/$file"
  done
  [ "${1:-}" != --dev ] || mv "$fresh/axe-core" "$VENV/vendor-tests"
  chmod -R u=rwX,go=rX "$VENV"/vendor*
  rm -rf "$fresh"
  printf '%s %s' "$sum" "$*" >"$VENV/vendor.sum"
}
