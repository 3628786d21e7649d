#!/bin/bash
# Makes the roots of integration/newest/versions.txt in a folder: a small Debian sid
# each, with one server. Roots that are there already, with the versions of the
# file, stay. This needs root, debootstrap and a Debian mirror.
#
#	.ci/roots.sh FOLDER [ROOT...]
set -euo pipefail
versions=$(dirname "$(realpath "$0")")/../integration/newest/versions.txt
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}

if [[ $(id -u) != 0 ]]; then
	echo "$0: chroot and debootstrap need root" >&2
	exit 1
fi
# All mounts are in a namespace that ends with this script, so that removing a root
# never follows one.
if [[ -z ${IN_NAMESPACE:-} ]]; then
	exec env IN_NAMESPACE=1 unshare --mount --propagation private "$0" "$@"
fi

folder=$(realpath -m "$1")
shift
mkdir -p "$folder"
export DEBIAN_FRONTEND=noninteractive

# lines ROOT: its lines in the file.
lines() { awk -v root="$1" '$1 == root' "$versions"; }

# installed FOLDER PACKAGE: its version.
installed() { dpkg-query --admindir="$1/var/lib/dpkg" -W -f '${Version}' "$2" 2>/dev/null; }

# ready ROOT: succeeds if it has the versions of the file, or their substitutes.
ready() {
	[[ -e $folder/$1/.done ]] || return
	[[ $(cat "$folder/$1/.done") == "$(lines "$1")" ]] && return
	local package version
	while read -r _ package version _; do
		[[ $version == any || $(installed "$folder/$1" "$package") == "$version" ]] || return
	done < <(lines "$1")
}

base() {
	[[ -e $folder/base/.done ]] && return
	if ! command -v debootstrap >/dev/null; then
		apt-get -q update
		apt-get -qy install --no-install-recommends debootstrap
	fi
	rm -rf --one-file-system "$folder/base"
	debootstrap --variant=minbase sid "$folder/base" "$mirror" >"$folder/base.log" 2>&1 ||
		{ tail -n 5 "$folder/base.log"; return 1; }
	# Packages must not start their servers.
	printf '#!/bin/sh\nexit 101\n' >"$folder/base/usr/sbin/policy-rc.d"
	chmod 755 "$folder/base/usr/sbin/policy-rc.d"
	# A mirror may be frozen for longer than its Release file is valid.
	echo 'Acquire::Check-Valid-Until "false";' >"$folder/base/etc/apt/apt.conf.d/80mirror"
	touch "$folder/base/.done"
}

# wanted ROOT: the arguments of apt-get install.
wanted() {
	local package version instead served
	while read -r _ package version instead; do
		served=$(chroot "$folder/$1.new" apt-cache madison "$package" | awk '{print $3}')
		if [[ -z $served && $instead != - ]]; then
			echo "$1: Debian no longer serves $package; trying $instead" >&2
			echo "$instead"
		elif [[ -z $served ]]; then
			echo "$1: Debian no longer serves $package, and $versions has nothing in its place" >&2
			return 1
		elif [[ $version == any ]]; then
			echo "$package"
		elif grep -qxF -- "$version" <<<"$served"; then
			echo "$package=$version"
		else
			echo "$1: Debian no longer serves $package $version; trying $(head -n 1 <<<"$served")" >&2
			echo "$package"
		fi
	done < <(lines "$1")
}

make_root() {
	local new=$folder/$1.new log=$folder/$1.log packages
	rm -rf --one-file-system "$new"
	cp -a "$folder/base" "$new"
	rm "$new/.done"
	mount -t proc proc "$new/proc"
	mount --rbind /dev "$new/dev"
	chroot "$new" apt-get -q update >"$log" 2>&1 || { tail -n 5 "$log"; return 1; }
	packages=$(wanted "$1")
	# shellcheck disable=SC2086 # one word each
	chroot "$new" apt-get -qy install --no-install-recommends $packages >>"$log" 2>&1 || { tail -n 5 "$log"; return 1; }
	chroot "$new" apt-get clean
	umount -R "$new/proc" "$new/dev"
	lines "$1" >"$new/.done"
	rm -rf --one-file-system "${folder:?}/$1"
	mv "$new" "$folder/$1"
}

(( $# )) || mapfile -t roots < <(awk '/^[^#]/ {print $1}' "$versions" | uniq)
for root in "${@:-${roots[@]}}"; do
	if [[ -z $(lines "$root") ]]; then
		echo "$0: $versions has no root $root" >&2
		exit 1
	fi
	if ! ready "$root"; then
		base
		make_root "$root"
	fi
	while read -r _ package pinned instead; do
		note=
		version=$(installed "$folder/$root" "$package") ||
			{ note=" in the place of $package"; package=$instead; version=$(installed "$folder/$root" "$package"); }
		[[ $pinned == any || $pinned == "$version" || $note ]] || note=" in the place of $pinned"
		echo "$root: $package $version$note"
	done < <(lines "$root")
done
