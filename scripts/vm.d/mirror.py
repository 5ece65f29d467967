# SPDX-License-Identifier: GPL-2.0-or-later
"""Finds the Debian mirror that this host's own apt uses. apt itself reads its
configuration (one-line and deb822 files, comments and all), so nothing is
parsed here but apt's answer."""

import os
import subprocess

from common import Failure, tool

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"

# What the host has settled about the way to its mirror holds for ours, too.
CARRIED = ("Acquire::http", "Acquire::https", "Acquire::Retries",
           "Acquire::Check-Valid-Until", "Acquire::Check-Date")


def host_codename():
    with open("/etc/os-release", encoding="utf-8") as release:
        for line in release:
            key, _, value = line.strip().partition("=")
            if key == "VERSION_CODENAME":
                return value.strip('"')
    return "stable"


def resolve(uri):
    """mirror+file:LIST names a file that holds the real addresses."""
    if not uri.startswith("mirror+file:"):
        return uri
    with open(uri[len("mirror+file:"):], encoding="utf-8") as addresses:
        for line in addresses:
            if line.split() and not line.startswith("#"):
                return line.split()[0]
    raise Failure("%s names no mirror" % uri)


def debian_mirror():
    """The URI of the Debian archive; third-party ones are passed over."""
    answer = subprocess.run(
        [tool("apt-get"), "indextargets", "--format",
         "$(REPO_URI)|$(RELEASE)|$(COMPONENT)|$(ORIGIN)",
         "Created-By: Packages"],
        stdout=subprocess.PIPE, text=True, check=False).stdout
    best, points = None, 0
    for line in answer.splitlines():
        uri, release, component, origin = line.split("|")
        if component != "main" or release not in (host_codename(), "stable"):
            continue
        path = uri.split("://")[-1].rstrip("/")
        score = 1 + 4 * (origin == "Debian") + 2 * path.endswith("/debian")
        if score > points:
            best, points = uri, score
    if not best:
        raise Failure("apt's configuration names no Debian mirror for %s "
                      "main (see /etc/apt/sources.list.d)" % host_codename())
    return resolve(best).rstrip("/")


def carried_options():
    """The host's apt settings for getting at the mirror, as apt.conf lines."""
    dump = subprocess.run([tool("apt-config"), "dump", "Acquire"],
                          stdout=subprocess.PIPE, text=True,
                          check=False).stdout
    lines = []
    for line in dump.splitlines():
        name, _, value = line.partition(" ")
        if value in ('"";', ""):
            continue
        if any(name == c or name.startswith(c + "::") for c in CARRIED):
            lines.append(line)
    return lines


def keyring():
    if not os.path.exists(KEYRING):
        raise Failure("%s is missing; as root: scripts/deps vm" % KEYRING)
    return KEYRING
