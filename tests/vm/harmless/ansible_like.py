#!/usr/bin/env python3
"""A configuration-management module that carries its library as a zip in
base64, unpacks it beside itself and runs it: harmless, however it looks."""
import base64
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile

buffer = io.BytesIO()
with zipfile.ZipFile(buffer, "w") as z:
    z.writestr("modlib/__init__.py", "")
    z.writestr("modlib/ping.py", "import json\n\n\ndef main():\n"
               "    print(json.dumps({'changed': False, 'ping': 'pong'}))\n")
ZIPDATA = base64.b64encode(buffer.getvalue())

work = tempfile.mkdtemp(prefix="module_")
try:
    path = os.path.join(work, "payload.zip")
    with open(path, "wb") as f:
        f.write(base64.b64decode(ZIPDATA))
    code = "import sys; sys.path.insert(0, %r); " \
           "from modlib.ping import main; main()" % path
    done = subprocess.run([sys.executable, "-c", code],
                          capture_output=True, text=True)
    print(json.loads(done.stdout)["ping"])
finally:
    shutil.rmtree(work)
