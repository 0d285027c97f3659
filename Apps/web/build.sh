#!/usr/bin/env bash
# Builds the web interface into dist/: hashed files, gzip and brotli copies, and manifest.tsv, which the server embeds.
# Needs apt packages only: esbuild node-react node-react-dom gzip brotli. Neither node nor npm nor a network is used.
set -euo pipefail
cd "$(dirname "$0")"
export LC_ALL=C
umask 022

need() {
  command -v "$1" > /dev/null || { echo "build.sh: $1 is missing; run: apt-get install $2" >&2; exit 1; }
}
need esbuild esbuild
need gzip gzip
need brotli brotli
modules=/usr/share/nodejs
for package in react react-dom scheduler; do
  [ -d "$modules/$package" ] || { echo "build.sh: $modules/$package is missing; run: apt-get install node-react node-react-dom" >&2; exit 1; }
done

# One build at a time: two would take each other's files away.
if command -v flock > /dev/null; then
  exec 9< build.sh
  flock 9
fi

# React and its types, copied: links would let esbuild and deno see two copies of one package.
rm -rf node_modules
mkdir -p node_modules/@types
for package in react react-dom scheduler js-tokens loose-envify; do
  cp -r "$modules/$package" "node_modules/$package"
done
for package in react react-dom scheduler; do
  [ ! -d "$modules/@types/$package" ] || cp -r "$modules/@types/$package" "node_modules/@types/$package"
done
# Names that React's types need and Debian does not ship.
for shim in csstype prop-types; do
  mkdir -p "node_modules/$shim"
  cp "types/$shim/index.d.ts" "node_modules/$shim/"
  printf '{"name":"%s","version":"0.0.0","types":"index.d.ts"}\n' "$shim" > "node_modules/$shim/package.json"
done

# Built aside and moved at the end, so that whoever reads dist finds a whole one.
target=dist
dist=node_modules/.dist
mkdir -p "$dist/assets"
common=(--bundle --minify --charset=utf8 --log-level=warning --target=es2022 "--define:process.env.NODE_ENV=\"production\"")
esbuild src/main.tsx src/styles/main.css "${common[@]}" --format=esm --splitting --jsx=automatic --legal-comments=none \
  --entry-names='[name]-[hash]' --chunk-names='[name]-[hash]' --outdir="$dist/assets"
esbuild src/themeBoot.ts "${common[@]}" --format=iife --entry-names='[name]-[hash]' --outdir="$dist/assets"
esbuild src/widget/widget.ts "${common[@]}" --format=iife --outfile="$dist/widget.js"
esbuild src/widget/more.ts "${common[@]}" --format=esm --outfile="$dist/widget-more.js"

# React's licence travels with the bundle that holds its code.
cp src/assets/licences.txt "$dist/assets/licences.txt"
icon="favicon-$(sha256sum src/assets/favicon.svg | cut -c1-8).svg"
cp src/assets/favicon.svg "$dist/assets/$icon"

only() {
  set -- "$@"
  [ $# -eq 1 ] && [ -f "$1" ] || { echo "build.sh: expected one file, got: $*" >&2; exit 1; }
  basename "$1"
}
main=$(only "$dist"/assets/main-*.js)
style=$(only "$dist"/assets/main-*.css)
theme=$(only "$dist"/assets/themeBoot-*.js)
preloads=$(grep -oE '(from|import)"\./[^"]+\.js"' "$dist/assets/$main" | sed -E 's/.*"\.\/(.*)"/\1/' | sort -u |
  sed 's#.*#<link rel="modulepreload" href="/assets/&">#')
sed -e "s#@MAIN@#/assets/$main#" -e "s#@STYLE@#/assets/$style#" -e "s#@THEME@#/assets/$theme#" \
  -e "s#@ICON@#/assets/$icon#" src/assets/index.html > "$dist/index.html"
while IFS= read -r link; do
  [ -z "$link" ] || sed -i "s#<!--preloads-->#$link\n  <!--preloads-->#" "$dist/index.html"
done <<< "$preloads"
sed -i '/<!--preloads-->/d' "$dist/index.html"

{
  printf '/\tindex.html\ttext/html; charset=utf-8\trevalidate\n'
  printf '/widget.js\twidget.js\ttext/javascript; charset=utf-8\trevalidate\n'
  printf '/widget.js?more\twidget-more.js\ttext/javascript; charset=utf-8\trevalidate\n'
  find "$dist/assets" -type f -printf '%f\n' | sort | while read -r name; do
    case "$name" in
      licences.txt) printf '/assets/%s\tassets/%s\ttext/plain; charset=utf-8\trevalidate\n' "$name" "$name" ;;
      *.js) printf '/assets/%s\tassets/%s\ttext/javascript; charset=utf-8\timmutable\n' "$name" "$name" ;;
      *.css) printf '/assets/%s\tassets/%s\ttext/css; charset=utf-8\timmutable\n' "$name" "$name" ;;
      *.svg) printf '/assets/%s\tassets/%s\timage/svg+xml\timmutable\n' "$name" "$name" ;;
      *) echo "build.sh: no content type for $name" >&2; exit 1 ;;
    esac
  done
} > "$dist/manifest.tsv"

cut -f2 "$dist/manifest.tsv" | while read -r file; do
  gzip -9 -n -c "$dist/$file" > "$dist/$file.gz"
  brotli -q 11 -c "$dist/$file" > "$dist/$file.br"
done
rm -rf "$target"
mv "$dist" "$target"
echo "built $(wc -l < "$target/manifest.tsv") files into $(pwd)/$target"
