#!/bin/bash
# Builds the image and runs it with podman: read-only, without capabilities, as its
# own user. It answers, is healthy, shows its version and ends in time.
set -euo pipefail
cd "$(dirname "$0")/.."
# Runtimes differ in the control groups that they can use; runc takes all.
podman() { command podman ${runtime:+--runtime "$runtime"} "$@"; }
runtime=$(command -v runc || true)
tag=localhost/glance-gateway:test
name=glance-gateway-test

fail() {
	echo "FAILED: $*" >&2
	podman logs "$name" 2>&1 | tail -n 20 >&2 || true
	exit 1
}
remove() { podman rm --force --ignore "$name" >/dev/null; }
trap remove EXIT

packaging/image.sh "$(go env GOHOSTARCH)" "$tag"
echo "== the image has the program, its user and nothing else"
files=$(podman create --name "$name" "$tag" >/dev/null && podman export "$name" | tar -t | grep -v '/$' | grep -vE '^(dev|proc|sys|run/\.containerenv|etc/(hosts|resolv\.conf|hostname|mtab))' | sort)
remove
want='etc/glance-gateway/Caddyfile
etc/group
etc/passwd
usr/bin/glance-gateway'
[[ $files == "$want" ]] || fail "the image has $files"
[[ $(podman image inspect --format '{{.User}}' "$tag") == 65532:65532 ]] || fail "the user"

echo "== it runs"
podman run --detach --name "$name" --network host --read-only --cap-drop all --security-opt no-new-privileges \
	--ulimit nofile=1024:1024 --ulimit nproc=1024:1024 \
	--volume /var/lib/glance-gateway --volume /run/glance-gateway "$tag" >/dev/null || fail "podman run"
for _ in {1..100}; do
	! podman healthcheck run "$name" >/dev/null 2>&1 || break
	sleep 0.1
done
podman healthcheck run "$name" || fail "it is not healthy"
images=$(podman exec "$name" /usr/bin/glance-gateway version) || fail "podman exec"
grep -qF "$(packaging/version.sh)" <<<"$images" || fail "its version is $images"
images=$(curl -sS -H 'X-Identity-Status: Confirmed' -H 'X-Roles: admin' -H 'X-Tenant-Id: ops' 'http://127.0.0.1:9191/images?limit=1')
[[ $images == '{"images": [{"id": '* ]] || fail "the answer is $images"

echo "== it ends"
podman stop --time 20 "$name" >/dev/null
[[ $(podman inspect --format '{{.State.ExitCode}}' "$name") == 0 ]] || fail "its exit code"
echo "the image works"
