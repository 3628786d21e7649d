#!/bin/bash
# Tests the packages in dist/: the builds are reproducible, and the Debian package is
# installed in a root of its own, started as its unit does, upgraded, removed and
# purged; then the RPM package, if rpm is here, and the program for the other
# architecture, if qemu-user is. Needs root, debootstrap (or FOLDER/base, which
# .ci/roots.sh makes), curl, jq, systemd-analyze and python3-seccomp.
#
#	packaging/test.sh [FOLDER]
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${1:-/var/cache/glancegate-roots}
architecture=$(go env GOHOSTARCH)

# base is the folder with the files of a small Debian.
base=$folder/base
[[ -e $base/.done ]] || base=$folder/bookworm

# The root has its own network and processes, which end with this script. What needs
# the network is done before that: the small Debian, and the build of a second version.
old=$(packaging/version.sh) new=$(packaging/version.sh).1 newer=$PWD/build/newer
if [[ -z ${IN_NAMESPACE:-} ]]; then
	if [[ ! -e $base/.done ]]; then
		mkdir -p "$folder"
		rm -rf --one-file-system "$base"
		debootstrap --variant=minbase bookworm "$base" "${DEBIAN_MIRROR:-http://deb.debian.org/debian}" >"$base.log" 2>&1 ||
			{ tail -n 5 "$base.log"; exit 1; }
		touch "$base/.done"
	fi
	VERSION=$new ARCHITECTURES=$architecture packaging/package.sh "$newer"
	exec env IN_NAMESPACE=1 unshare --mount --net --pid --fork --kill-child --mount-proc --propagation private "$0" "$@"
fi
ip link set lo up

work=$(mktemp -d)
root=$work/root
cleanup() {
	! mountpoint -q "$root/dev" || umount -R "$root/proc" "$root/dev"
	rm -rf --one-file-system "$work"
}
trap cleanup EXIT

fail() {
	echo "FAILED: $*" >&2
	[[ ! -e $work/log ]] || tail -n 20 "$work/log" >&2
	exit 1
}
step() { echo "== $*"; }
inside() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"; }

reproducible() {
	step "two builds of the commit have the same bytes"
	local copy=$work/copy
	git clone -q --no-hardlinks . "$copy"
	# Changes that are not committed are not in the copy.
	git diff --quiet HEAD || echo "the checkout has changes; only what is committed is compared"
	export VERSION=$old
	"$copy/packaging/build.sh" "$architecture" "$work/again"
	packaging/build.sh "$architecture" "$work/first"
	cmp "$work/again" "$work/first" || fail "the builds differ"
	unset VERSION
	rm -rf "$copy" "$work/again" "$work/first"
}

make_root() {
	step "a root"
	cp -a "$base" "$root"
	mount -t proc proc "$root/proc"
	mount --rbind /dev "$root/dev"
	# Maintainer scripts believe that systemd runs, and what they ask of it is written
	# down.
	mkdir -p "$root/run/systemd/system"
	printf '#!/bin/sh\necho "$@" >>/systemctl.log\n' >"$root/usr/bin/systemctl"
	chmod 755 "$root/usr/bin/systemctl"
}

# asked COMMANDS...: systemctl was called with these since the last time.
asked() {
	local got
	got=$(cat "$root/systemctl.log" 2>/dev/null || true)
	: >"$root/systemctl.log"
	[[ $got == "$(printf '%s\n' "$@")" ]] || fail "systemctl was called with: $got"
}

# owned MODE OWNER GROUP PATH
owned() {
	local got
	got=$(inside stat -c '%a %U %G' "$4")
	[[ $got == "$1 $2 $3" ]] || fail "$4 is $got"
}

# unit KEY: its value in the unit.
unit() { sed -n "s/^$1=//p" "$root/usr/lib/systemd/system/glance-gateway.service"; }

# as_unit ARGUMENTS...: runs the program as the unit does.
as_unit() { packaging/as-unit.py "$root" "$@"; }

start() {
	local GATEWAY_COMMAND
	inside install -d -o "$(unit User)" -g "$(unit Group)" -m "$(unit RuntimeDirectoryMode)" "/run/$(unit RuntimeDirectory)"
	# shellcheck source=packaging/default
	. "$root/etc/default/glance-gateway"
	# shellcheck disable=SC2046,SC2086 # words, as systemd makes of them
	as_unit $(unit ExecStart | sed 's/ \$GATEWAY_COMMAND$//') $GATEWAY_COMMAND >"$work/log" 2>&1 &
	service=$!
	for _ in {1..150}; do
		! as_unit glance-gateway glance-registry healthcheck 2>/dev/null || return 0
		kill -0 "$service" 2>/dev/null || fail "it ended"
		sleep 0.2
	done
	fail "it does not answer"
}

# program: the process of the gateway.
program() { pgrep -f '^/usr/bin/glance-gateway run'; }

stop() {
	kill "$(program)"
	wait "$service" || fail "the exit code after SIGTERM is $?"
}

# serves VERSION
serves() {
	local images report
	images=$(curl -sS -H 'X-Identity-Status: Confirmed' -H 'X-Roles: admin' -H 'X-Tenant-Id: ops' "http://127.0.0.1:9191/images?limit=1")
	[[ $images == '{"images": [{"id": '* ]] || fail "the answer is $images"
	report=$(curl -sS --unix-socket "$root/run/glance-gateway/admin.sock" http://localhost/glance_registry/health)
	grep -q "\"version\":\"$1\"" <<<"${report// /}" || fail "no version $1 in $report"
}

try_install() {
	step "install $1"
	cp "$2" "$root/package.deb"
	inside dpkg --force-confold -i /package.deb >"$work/log" 2>&1 || fail "dpkg -i"
}

# configure changes the Caddyfile of the package to the demo, and adds a site whose log
# Caddy itself rotates.
configure() {
	sed -i 's#^\t\tdatabase .*#\t\tdatabase sqlite:////var/lib/glance-gateway/demo.sqlite\n\t\tdemo#' "$root/etc/glance-gateway/Caddyfile"
	cat >>"$root/etc/glance-gateway/Caddyfile" <<-'END'
		http://127.0.0.1:9192 {
			respond ok
			log {
				output file /var/log/glance-gateway/rolled.log {
					roll_size 1MiB
				}
			}
		}
	END
}

first() {
	try_install "$1" "$2"
	asked daemon-reload
	owned 750 root glance-gateway /etc/glance-gateway
	owned 640 root glance-gateway /etc/glance-gateway/Caddyfile
	owned 750 glance-gateway glance-gateway /var/log/glance-gateway
	inside test -s /usr/share/man/man8/glance-gateway-run.8.gz || fail "no manual page"
	inside bash -n /usr/share/bash-completion/completions/glance-gateway || fail "the completion for bash"
	grep -qF "$1 (commit $(git rev-parse --short=12 HEAD)" <<<"$(inside glance-gateway version)" || fail "the version is $(inside glance-gateway version)"

	step "the Caddyfile of the package says what it lacks"
	as_unit glance-gateway glance-registry check --config /etc/glance-gateway/Caddyfile >"$work/log" 2>&1 && fail "check succeeds"
	grep -q database_password "$work/log" || fail "no word about the password"

	step "check, start, serve, reload, rotate"
	configure
	as_unit glance-gateway glance-registry check --config /etc/glance-gateway/Caddyfile >"$work/log" 2>&1 || (($? == 3)) || fail "check"
	start
	serves "$1"
	kill -HUP "$(program)"
	sleep 1
	serves "$1"
	owned 640 glance-gateway glance-gateway /var/log/glance-gateway/access.log
	mv "$root/var/log/glance-gateway/access.log" "$root/var/log/glance-gateway/access.log.1"
	sleep 1.2
	serves "$1"
	[[ -s $root/var/log/glance-gateway/access.log ]] || fail "no new log after a rotation"
	curl -sS "http://127.0.0.1:9192/[1-3000]" >/dev/null
	for _ in {1..50}; do # until the old log is compressed
		! compgen -G "$root/var/log/glance-gateway/rolled-*.gz" >/dev/null || break
		sleep 0.2
	done
	compgen -G "$root/var/log/glance-gateway/rolled-*.gz" >/dev/null || fail "Caddy has not rotated its log"
	! grep -F 'not permitted' "$work/log" || fail "the unit forbids what the program does"
}

second() {
	try_install "$1" "$2"
	asked daemon-reload daemon-reload "try-restart glance-gateway.service"
	grep -q demo.sqlite "$root/etc/glance-gateway/Caddyfile" || fail "the changed Caddyfile is lost"
	stop
	start
	serves "$1"
	stop
}

removal() {
	step "remove"
	inside dpkg -r glance-gateway >"$work/log" 2>&1 || fail "dpkg -r"
	asked "--no-reload disable --now glance-gateway.service" daemon-reload
	[[ ! -e $root/usr/bin/glance-gateway ]] || fail "the program is there"
	[[ -e $root/etc/glance-gateway/Caddyfile ]] || fail "the Caddyfile is lost"

	step "purge"
	inside dpkg -P glance-gateway >"$work/log" 2>&1 || fail "dpkg -P"
	rm -f "$root/package.deb"
	local rest
	rest=$(find "$root" -xdev -path "$root/proc" -prune -o -path "$root/run/glance-gateway*" -prune -o -name '*glance-gateway*' -print)
	[[ -z $rest ]] || fail "a purge leaves $rest"
	! inside getent passwd glance-gateway || fail "the user is there"
}

# The RPM package in the root of the Debian package: its scripts, files and owners are
# the same wherever the package manager runs. Dependencies have other names there.
rpm_package() {
	step "the RPM package: install, upgrade, remove"
	: >"$root/systemctl.log"
	rpm --root "$root" --initdb
	rpm --root "$root" --nodeps -i dist/*."$(rpm_architecture)".rpm >"$work/log" 2>&1 || fail "rpm -i"
	asked daemon-reload
	owned 750 root glance-gateway /etc/glance-gateway
	owned 640 root glance-gateway /etc/glance-gateway/Caddyfile
	owned 750 glance-gateway glance-gateway /var/lib/glance-gateway
	configure
	start
	serves "$old"
	rpm --root "$root" --nodeps -U "$newer"/*.rpm >"$work/log" 2>&1 || fail "rpm -U"
	asked daemon-reload "try-restart glance-gateway.service" daemon-reload
	grep -q demo.sqlite "$root/etc/glance-gateway/Caddyfile" || fail "the changed Caddyfile is lost"
	stop
	start
	serves "$new"
	stop
	rpm --root "$root" --nodeps -e glance-gateway >"$work/log" 2>&1 || fail "rpm -e"
	asked "--no-reload disable --now glance-gateway.service" daemon-reload
	[[ ! -e $root/usr/bin/glance-gateway ]] || fail "the program is there"
	grep -q demo.sqlite "$root/etc/glance-gateway/Caddyfile.rpmsave" || fail "the changed Caddyfile is lost"
}
rpm_architecture() { rpm --eval '%{_arch}'; }

unit_file() {
	step "the unit"
	local file=$work/glance-gateway.service
	# systemd-analyze wants the program at its place.
	sed "s#^ExecStart=/usr/bin/glance-gateway#ExecStart=$root/usr/bin/glance-gateway#" packaging/glance-gateway.service >"$file"
	SYSTEMD_LOG_LEVEL=warning systemd-analyze verify --man=no "$file" || fail "systemd-analyze verify"
	systemd-analyze security --offline=true --threshold=20 "$file" | tail -n 1
}

archives() {
	step "checksums, SBOMs, other packages"
	(cd dist && sha256sum --quiet -c SHA256SUMS) || fail "checksums"
	for file in dist/*.cdx.json; do
		jq -e '.bomFormat == "CycloneDX" and (.components | length > 100)' "$file" >/dev/null || fail "$file"
	done
	if command -v rpm >/dev/null; then
		local file
		for file in dist/*.rpm; do
			rpm -K --nosignature "$file" >/dev/null || fail "$file"
			# Not through a pipe, which grep closes before rpm has written all.
			grep -qxF /usr/lib/systemd/system/glance-gateway.service <<<"$(rpm -qpl "$file")" || fail "$file has no unit"
		done
	else
		echo "no rpm here: the RPM packages are not tested"
	fi
}

# The program for the other architecture runs in qemu-user, with the configuration of the
# image.
other_architecture() {
	local other=arm64 machine=aarch64 emulator images
	[[ $architecture != arm64 ]] || other=amd64 machine=x86_64
	emulator=$(command -v "qemu-$machine-static" || command -v "qemu-$machine") || {
		echo "no qemu-$machine here: the program for $other is not run"
		return
	}
	step "the program for $other starts, serves and ends"
	local program=dist/glance-gateway-linux-$other folder=$work/$other
	mkdir "$folder"
	grep -qF "$old" <<<"$("$emulator" "$program" version)" || fail "the version of $program"
	sed "s#/var/lib/glance-gateway#$folder#; s#/run/glance-gateway#$folder#" packaging/image/Caddyfile >"$folder/Caddyfile"
	HOME=$folder "$emulator" "$program" run --config "$folder/Caddyfile" --adapter caddyfile >"$work/log" 2>&1 &
	local process=$!
	for _ in {1..150}; do
		! images=$(curl -sS -H 'X-Identity-Status: Confirmed' -H 'X-Roles: admin' -H 'X-Tenant-Id: ops' "http://127.0.0.1:9191/images?limit=1" 2>/dev/null) || break
		kill -0 "$process" 2>/dev/null || fail "it ended"
		sleep 0.2
	done
	[[ $images == '{"images": [{"id": '* ]] || fail "the answer is $images"
	kill "$process"
	wait "$process" || fail "the exit code after SIGTERM is $?"
}

archives
other_architecture
reproducible
make_root
first "$old" dist/glance-gateway_*_"$architecture".deb
if command -v systemd-analyze >/dev/null; then
	unit_file
fi
second "$new" "$newer"/*.deb
removal
if command -v rpm >/dev/null; then
	rpm_package
fi
echo "the packages work"
