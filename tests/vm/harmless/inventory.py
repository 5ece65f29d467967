#!/usr/bin/env python3
"""Collects facts about this host and prints them as JSON."""
import json
import os
import platform
import re
import socket
import subprocess


def packages():
    out = subprocess.check_output(
        ["dpkg-query", "-W", "-f", "${Package} ${Version}\\n"], text=True)
    return dict(line.split(" ", 1) for line in out.splitlines())


def memory():
    with open("/proc/meminfo") as f:
        return int(re.search(r"MemTotal:\s+(\d+)", f.read()).group(1))


users = [line.split(":")[0] for line in open("/etc/passwd")
         if int(line.split(":")[2]) >= 1000]
print(json.dumps({
    "hostname": socket.gethostname(), "kernel": platform.release(),
    "cpus": os.cpu_count(), "memory_kb": memory(), "users": users,
    "packages": len(packages()), "env": sorted(os.environ)}))
