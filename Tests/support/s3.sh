#!/usr/bin/env bash
# A private S3-compatible store for the tests: moto, in memory, reachable from 127.0.0.1 only, which checks every signature.
#
#   s3.sh start FOLDER TOOLS [PORT]   starts it anew, prints its address: http://key:secret@127.0.0.1:PORT/bucket
#   s3.sh stop  FOLDER                stops it
#
# TOOLS is a Python environment with what requirements.txt lists. FOLDER keeps the process id and the log.
set -euo pipefail

say() { printf 's3.sh: %s\n' "$*" >&2; }

stop() {
    local folder=${1:?folder} id
    [ -s "$folder/pid" ] || return 0
    id=$(cat "$folder/pid")
    # The number may be another program's by now.
    if tr '\0' ' ' < "/proc/$id/cmdline" 2> /dev/null | grep -q moto_server; then kill "$id" 2> /dev/null || true; fi
    rm -f "$folder/pid"
}

start() {
    local folder=${1:?folder} tools=${2:?tools} port=${3:-54330}
    [ -x "$tools/bin/moto_server" ] || { say "no moto_server in $tools: pip install -r Tests/support/requirements.txt"; return 1; }
    mkdir -p "$folder"
    stop "$folder"
    # What follows makes the bucket and a user with a key. After these four requests moto compares signatures as Amazon does.
    INITIAL_NO_AUTH_ACTION_COUNT=4 setsid "$tools/bin/moto_server" -H 127.0.0.1 -p "$port" > "$folder/server.log" 2>&1 < /dev/null &
    echo $! > "$folder/pid"
    "$tools/bin/python" - "$port" <<'PYTHON' || { tail -20 "$folder/server.log" >&2; stop "$folder"; return 1; }
import json, socket, sys, time, urllib.parse
import boto3

port = int(sys.argv[1])
for _ in range(300):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        break
    except OSError:
        time.sleep(0.1)
known = dict(endpoint_url=f"http://127.0.0.1:{port}", region_name="us-east-1", aws_access_key_id="none", aws_secret_access_key="none")
iam, s3 = boto3.client("iam", **known), boto3.client("s3", **known)
iam.create_user(UserName="tests")
everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
iam.put_user_policy(UserName="tests", PolicyName="everything", PolicyDocument=json.dumps(everything))
key = iam.create_access_key(UserName="tests")["AccessKey"]
s3.create_bucket(Bucket="media")
secret = urllib.parse.quote(key["SecretAccessKey"], safe="")
print(f"http://{key['AccessKeyId']}:{secret}@127.0.0.1:{port}/media")
PYTHON
}

case ${1:-} in
    start | stop) "$@" ;;
    *) say "usage: s3.sh start FOLDER TOOLS [PORT] | stop FOLDER"; exit 64 ;;
esac
