#!/usr/bin/python3
"""Runs a program in a root as the unit of the package there does: with its user, its
environment, its folder and the system calls that it allows.

	as-unit.py ROOT PROGRAM [ARGUMENT...]

Needs root, systemd-analyze and python3-seccomp.
"""

import errno
import os
import pwd
import subprocess
import sys

import seccomp


def values(unit, key):
    return [line.split("=", 1)[1] for line in unit if line.startswith(key + "=")]


def call_sets():
    """The sets of system calls that systemd knows, by name, with their members."""
    listing = subprocess.run(["systemd-analyze", "syscall-filter"], check=True, capture_output=True, text=True).stdout
    sets = {}
    for line in listing.splitlines():
        if line.startswith("@"):
            members = sets[line] = []
        elif line.startswith("    ") and "#" not in line:
            members.append(line.strip())
    return sets


def allowed(filters):
    """The system calls that lines of SystemCallFilter leave."""
    sets = call_sets()

    def calls(name):
        if not name.startswith("@"):
            return {name}
        return set().union(*(calls(member) for member in sets[name]))

    left = calls("@default")
    for line in filters:
        named = set().union(*(calls(name) for name in line.lstrip("~").split()))
        left = left - named if line.startswith("~") else left | named
    return left


def main():
    root, command = sys.argv[1], sys.argv[2:]
    with open(root + "/usr/lib/systemd/system/glance-gateway.service") as file:
        unit = file.read().splitlines()
    filters = seccomp.SyscallFilter(seccomp.ERRNO(getattr(errno, values(unit, "SystemCallErrorNumber")[0])))
    for call in allowed(values(unit, "SystemCallFilter")):
        try:
            filters.add_rule(seccomp.ALLOW, call)
        except RuntimeError:
            pass  # a call of another architecture, or a newer one
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
    environment |= dict(word.split("=", 1) for word in values(unit, "Environment")[0].split())
    os.chroot(root)
    user = pwd.getpwnam(values(unit, "User")[0])
    os.chdir(values(unit, "WorkingDirectory")[0])
    os.umask(int(values(unit, "UMask")[0], 8))
    os.setgroups([])
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)
    filters.load()
    os.execvpe(command[0], command, environment)


main()
