# Shared by the scripts in this folder; sourced, not run.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

say() { printf '\n== %s\n' "$*"; }
fail() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 1; }

# What building needs, and what tests need beside it: Debian package names.
build_packages=(libsqlite3-dev libssl-dev libcurl4-openssl-dev libxml2-dev libpq-dev libstemmer-dev pkg-config
    node-react node-react-dom esbuild brotli gzip)
test_packages=(postgresql postgresql-client chromium python3-venv openssl)

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

# Installs the packages that are not there yet.
install_packages() {
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2> /dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    [ "$(id -u)" = 0 ] || command -v sudo > /dev/null || fail "please install as root: apt-get install ${missing[*]}"
    say "installing ${missing[*]}"
    as_root apt-get update -q
    DEBIAN_FRONTEND=noninteractive as_root apt-get install -y -q --no-install-recommends "${missing[@]}"
}

# Inlining across modules makes the server about a fifth faster (Modules/Decisions/0007); it is the compiler's choice only with this flag.
release=(-c release -Xswiftc -cross-module-optimization)

need_swift() { command -v swift > /dev/null || fail "swift is missing: install Swift 6.3 from swift.org and put it on PATH"; }

# The web interface, then its bytes as a C table.
build_web() {
    say "building the web interface"
    Apps/web/build.sh
    Scripts/embed-web
}
