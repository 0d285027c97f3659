#!/usr/bin/env bash
# Checks the web interface: format (120 columns, 2 spaces), types, lint, unit tests, and the size goals G1–G3.
# Needs deno and oxlint (both from PyPI: pip install deno oxlint) besides what build.sh needs. No network.
set -euo pipefail
cd "$(dirname "$0")"

need() {
  command -v "$1" > /dev/null || { echo "check.sh: $1 is missing; run: $2" >&2; exit 1; }
}
need deno "pip install deno"
need oxlint "pip install oxlint"
need gzip "apt-get install gzip"
export DENO_NO_UPDATE_CHECK=1

./build.sh
deno fmt --check --quiet src dev tests types ./*.json README.md
deno check --quiet src/main.tsx src/themeBoot.ts src/widget/widget.ts src/widget/more.ts dev/mock.ts tests/*.ts
oxlint --quiet src dev tests
deno test --quiet --cached-only tests

bytes() { gzip -9 -n -c "$@" | wc -c; }
limit() {
  local name=$1 size=$2 most=$3
  printf '%-34s %7d of %7d bytes gzip\n' "$name" "$size" "$most"
  [ "$size" -le "$most" ] || { echo "check.sh: $name is over its limit" >&2; exit 1; }
}

# G1: everything that the first page needs: what index.html names, and the largest language.
entry=0
for file in $(grep -oE '/assets/[A-Za-z0-9-]+\.js' dist/index.html | sort -u); do entry=$((entry + $(bytes "dist$file"))); done
language=0
for file in dist/assets/{en,ru,kk}-*.js; do size=$(bytes "$file"); [ "$size" -le "$language" ] || language=$size; done
limit "G1 entry scripts" $((entry + language)) 110000
limit "G1 style" "$(bytes dist/assets/main-*.css)" 20000
preloads=$(grep -c modulepreload dist/index.html)
[ "$preloads" -le 2 ] || { echo "check.sh: $preloads shared chunks on the first page; see src/kit.ts" >&2; exit 1; }
# G2: lazy screens, and everything together.
for file in dist/assets/*Screen-*.js; do
  limit "G2 $(basename "$file" | sed 's/-.*//')" "$(bytes "$file")" 40000
done
all=0
for file in dist/assets/*.js dist/assets/*.css; do all=$((all + $(bytes "$file"))); done
limit "G2 whole application" "$all" 260000
limit "G3 widget" "$(bytes dist/widget.js)" 8000
limit "G3 widget, the rest" "$(bytes dist/widget-more.js)" 8000
lines=$(find src dev tests types -name '*.ts' -o -name '*.tsx' -o -name '*.css' | xargs wc -l | awk '$1 > 300 && $2 != "total" {print $2 " " $1}')
[ -z "$lines" ] || printf 'files over 300 lines:\n%s\n' "$lines"
echo "all checks passed"
