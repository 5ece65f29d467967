#!/usr/bin/env python3
"""A metrics agent: samples /proc, posts JSON to a collector on this host
with a token from the environment, retries, gives up politely."""
import json
import os
import time
import urllib.request

URL = "http://127.0.0.1:9/v1/metrics"


def sample():
    with open("/proc/loadavg") as f:
        load = float(f.read().split()[0])
    with open("/proc/net/dev") as f:
        lines = f.readlines()[2:]
    return {"time": time.time(), "load": load,
            "rx": {l.split(":")[0].strip(): int(l.split()[1]) for l in lines}}


def push(batch):
    body = json.dumps(batch).encode()
    request = urllib.request.Request(URL, data=body, headers={
        "Content-Type": "application/json",
        "Authorization": "Bearer " + os.environ.get("METRICS_TOKEN", "")})
    with urllib.request.urlopen(request, timeout=1) as answer:
        return answer.status


batch = [sample() for _ in range(3)]
for attempt in range(2):
    try:
        push(batch)
        break
    except OSError as error:
        print("attempt", attempt, error)
        time.sleep(0.1)
