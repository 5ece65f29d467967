#!/usr/bin/env python3
"""Lists users, their groups and the age of their keys: reads what an
administrator's audit reads, sends nothing anywhere."""
import grp
import os
import pwd
import time

for entry in pwd.getpwall():
    groups = [g.gr_name for g in grp.getgrall() if entry.pw_name in g.gr_mem]
    keys = os.path.join(entry.pw_dir, ".ssh", "authorized_keys")
    try:
        age = int((time.time() - os.stat(keys).st_mtime) / 86400)
    except OSError:
        age = None
    print(entry.pw_name, entry.pw_uid, entry.pw_shell, groups, age, sep="\t")
