#!/usr/bin/env bash
# A private PostgreSQL for the tests: data, socket and log in one folder, reachable from 127.0.0.1 only.
#
#   postgres.sh start FOLDER [PORT]   starts it unless it runs already, prints its address
#   postgres.sh url   FOLDER [PORT]   prints the address
#   postgres.sh stop  FOLDER [PORT]   stops it; the data stays
#
# Or `source` it and call postgres_start, postgres_url, postgres_stop with the same arguments. The role `sevensales` is neither a
# superuser nor exempt from row-level security, exactly as in production.

postgres_say() { printf 'postgres.sh: %s\n' "$*" >&2; }

postgres_programs() {
    local folder
    for folder in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -t/ -k5 -rn); do
        [ -x "$folder/initdb" ] && { printf '%s' "$folder"; return 0; }
    done
    folder=$(dirname "$(command -v initdb 2>/dev/null || true)")
    [ -x "$folder/initdb" ] && { printf '%s' "$folder"; return 0; }
    postgres_say "no PostgreSQL server programs: sudo apt-get install postgresql"
    return 1
}

# PostgreSQL refuses to run as root.
postgres_as_owner() {
    if [ "$(id -u)" = 0 ]; then
        local user=nobody
        id postgres >/dev/null 2>&1 && user=postgres
        (cd / && runuser -u "$user" -- "$@")
    else
        "$@"
    fi
}

postgres_url() { printf 'postgres://sevensales@127.0.0.1:%s/sevensales\n' "${2:-54329}"; }

postgres_start() {
    local folder=${1:?folder} port=${2:-54329} programs
    programs=$(postgres_programs) || return 1
    mkdir -p "$folder" || return 1
    folder=$(cd "$folder" && pwd)
    if [ "$(id -u)" = 0 ]; then
        chown "$(postgres_as_owner id -u)" "$folder"
        postgres_as_owner test -x "$folder" || { postgres_say "the server's user cannot reach $folder"; return 1; }
    fi
    if [ ! -s "$folder/data/PG_VERSION" ]; then
        rm -rf "$folder/data"
        postgres_as_owner "$programs/initdb" -D "$folder/data" -U admin --auth-local=trust --auth-host=reject \
            --encoding=UTF8 --locale=C >"$folder/initdb.log" 2>&1 || { cat "$folder/initdb.log" >&2; return 1; }
        {
            echo "listen_addresses = '127.0.0.1'"
            echo "unix_socket_directories = '$folder'"
            echo "max_connections = 400"
            echo "shared_buffers = 256MB"
            echo "fsync = on"
            echo "synchronous_commit = on"
        } >>"$folder/data/postgresql.conf"
        {
            echo "local all all trust"
            echo "host all all 127.0.0.1/32 trust"
        } >"$folder/data/pg_hba.conf"
    fi
    if ! postgres_as_owner "$programs/pg_ctl" -D "$folder/data" status >/dev/null 2>&1; then
        postgres_as_owner "$programs/pg_ctl" -D "$folder/data" -l "$folder/server.log" -o "-p $port" -w -t 60 start >/dev/null || {
            tail -20 "$folder/server.log" >&2
            return 1
        }
    fi
    local sql=("$programs/psql" -X -q -h "$folder" -p "$port" -U admin -v ON_ERROR_STOP=1)
    # Said again each time: an older folder may have been made by other hands.
    "${sql[@]}" -d postgres -tAc "SELECT 1 FROM pg_roles WHERE rolname = 'sevensales'" | grep -q 1 ||
        "${sql[@]}" -d postgres -c "CREATE ROLE sevensales LOGIN" || return 1
    "${sql[@]}" -d postgres -c "ALTER ROLE sevensales NOSUPERUSER NOBYPASSRLS CREATEDB NOCREATEROLE NOREPLICATION" || return 1
    "${sql[@]}" -d postgres -tAc "SELECT 1 FROM pg_database WHERE datname = 'sevensales'" | grep -q 1 ||
        "${sql[@]}" -d postgres -c "CREATE DATABASE sevensales OWNER sevensales" || return 1
    postgres_url "$folder" "$port"
}

postgres_stop() {
    local folder=${1:?folder} programs
    programs=$(postgres_programs) || return 1
    [ -d "$folder/data" ] || return 0
    folder=$(cd "$folder" && pwd)
    postgres_as_owner "$programs/pg_ctl" -D "$folder/data" status >/dev/null 2>&1 || return 0
    postgres_as_owner "$programs/pg_ctl" -D "$folder/data" -m fast -w stop >/dev/null
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
    set -uo pipefail
    case ${1:-} in
        start | stop | url) command=$1; shift; "postgres_$command" "$@" ;;
        *) postgres_say "usage: postgres.sh start|stop|url FOLDER [PORT]"; exit 64 ;;
    esac
fi
