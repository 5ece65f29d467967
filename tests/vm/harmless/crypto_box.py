#!/usr/bin/env python3
"""Encrypts one file of its own with a key stream from SHA-256, and back: a
toy of a beginners' course."""
import hashlib
import os


def stream(key: bytes, size: int) -> bytes:
    out, counter = b"", 0
    while len(out) < size:
        out += hashlib.sha256(key + counter.to_bytes(8, "big")).digest()
        counter += 1
    return out[:size]


def xor(data: bytes, key: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(data, stream(key, len(data))))


key = os.urandom(16)
text = b"attack at dawn"
box = xor(text, key)
with open("box.bin", "wb") as f:
    f.write(box)
with open("box.bin", "rb") as f:
    print(xor(f.read(), key).decode())
