#!/usr/bin/env python3
"""Rotates a log of its own: rename, compress, drop the oldest."""
import gzip
import os
import shutil

LOG = "service.log"
with open(LOG, "w") as f:
    f.writelines(f"2026-11-25 line {i}\n" for i in range(2000))
for n in range(4, 0, -1):
    old, new = f"{LOG}.{n}.gz", f"{LOG}.{n + 1}.gz"
    if os.path.exists(old):
        os.replace(old, new)
with open(LOG, "rb") as source, gzip.open(f"{LOG}.1.gz", "wb") as target:
    shutil.copyfileobj(source, target)
os.truncate(LOG, 0)
print(os.path.getsize(f"{LOG}.1.gz"))
