#!/usr/bin/env python3
"""Runs a compiler and shows what it says."""
import subprocess
import sys
from pathlib import Path


def build(source: Path, target: Path) -> int:
    command = ["cc", "-O2", "-o", str(target), str(source)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        print(done.stderr, file=sys.stderr)
    return done.returncode


if __name__ == "__main__":
    sys.exit(build(Path(sys.argv[1]), Path(sys.argv[2])))
