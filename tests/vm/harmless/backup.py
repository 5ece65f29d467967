#!/usr/bin/env python3
"""Copies a folder into a dated archive and keeps the newest seven."""
import argparse
import datetime
import hashlib
import pathlib
import tarfile


def archive(source: pathlib.Path, target: pathlib.Path) -> pathlib.Path:
    target.mkdir(parents=True, exist_ok=True)
    stamp = datetime.datetime.now().strftime("%Y%m%d-%H%M%S")
    name = target / f"{source.name}-{stamp}.tar.gz"
    with tarfile.open(name, "w:gz") as tar:
        tar.add(source, arcname=source.name)
    digest = hashlib.sha256(name.read_bytes()).hexdigest()
    name.with_suffix(".sha256").write_text(f"{digest}  {name.name}\n")
    return name


def prune(target: pathlib.Path, keep: int) -> None:
    for old in sorted(target.glob("*.tar.gz"))[:-keep]:
        old.unlink()


parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("source", type=pathlib.Path)
parser.add_argument("target", type=pathlib.Path)
parser.add_argument("--keep", type=int, default=7)
args = parser.parse_args()
print(archive(args.source, args.target))
prune(args.target, args.keep)
