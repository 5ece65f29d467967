// SPDX-License-Identifier: GPL-2.0-or-later
/* Addresses in text, and text that looks like them. */
#include "../test.h"

#include <stdlib.h>

#include "judge/indicators.h"

static bool contains(const char *text, enum mpy_indicator_type type,
		     const char *value)
{
	struct mpy_indicators all = { 0 };
	bool found = false;

	CHECK(!mpy_indicators_scan(&all, (const uint8_t *)text, strlen(text),
				   3));
	for (size_t i = 0; i < all.n; i++) {
		found |= all.list[i].type == type &&
			 !strcmp(all.list[i].value, value);
		CHECK(all.list[i].layer == 3);
	}
	if (!found)
		printf("# no %s in %s\n", value, text);
	mpy_indicators_free(&all);
	return found;
}

static size_t count(const char *text)
{
	struct mpy_indicators all = { 0 };
	size_t n;

	CHECK(!mpy_indicators_scan(&all, (const uint8_t *)text, strlen(text),
				   0));
	n = all.n;
	if (n)
		printf("# %s in %s\n", all.list[0].value, text);
	mpy_indicators_free(&all);
	return n;
}

static void urls(void)
{
	const char *text = "requests.get('http://192.0.2.7:8080/a.sh')";

	CHECK(contains(text, MPY_IND_URL, "http://192.0.2.7:8080/a.sh"));
	CHECK(contains(text, MPY_IND_IP, "192.0.2.7"));
	text = "x = \"https://user:pw@cdn.example.invalid/p?q=1\", 2";
	CHECK(contains(text, MPY_IND_URL,
		       "https://user:pw@cdn.example.invalid/p?q=1"));
	CHECK(contains(text, MPY_IND_DOMAIN, "cdn.example.invalid"));
	CHECK(contains("(see http://a.example.invalid/x).", MPY_IND_URL,
		       "http://a.example.invalid/x"));
	CHECK(contains("'stratum+tcp://p.example.invalid:3333'", MPY_IND_URL,
		       "stratum+tcp://p.example.invalid:3333"));
	CHECK(contains("u='https://discord.com/api/webhooks/12/ab-C_d'",
		       MPY_IND_WEBHOOK,
		       "https://discord.com/api/webhooks/12/ab-C_d"));
	CHECK(contains("https://api.telegram.org/bot12:AA/sendMessage",
		       MPY_IND_WEBHOOK,
		       "https://api.telegram.org/bot12:AA/sendMessage"));
	CHECK(count("f'http://{host}/x'") == 0);
	CHECK(count("'://'") == 0);
}

static void ips(void)
{
	CHECK(contains("s.connect(('198.51.100.4', 4444))", MPY_IND_IP,
		       "198.51.100.4"));
	CHECK(contains("HOST = \"203.0.113.9\"", MPY_IND_IP, "203.0.113.9"));
	CHECK(count("__version__ = '10.20.30.40'") == 0);
	CHECK(count("install_requires=['x==10.20.30.40']") == 0);
	CHECK(count("'Mozilla/5.0 Chrome/90.0.44.93 Safari'") == 0);
	CHECK(count("x = '127.0.0.1'; y = '0.0.0.0'") == 0);
	CHECK(count("'300.1.2.3', '1.2.3', '1.2.3.4.5', 'a1.2.3.4'") == 0);
	CHECK(count("OID = '1.3.6.1.4.1.311'") == 0);
}

static void domains(void)
{
	CHECK(contains("h = 'evil.example.invalid'", MPY_IND_DOMAIN,
		       "evil.example.invalid"));
	CHECK(contains("os.system('ping host.example.invalid')",
		       MPY_IND_DOMAIN, "host.example.invalid"));
	CHECK(count("os.path.join(self.info.name, x.to)") == 0);
	CHECK(count("self.io.read(); app.live = a.host") == 0);
	CHECK(count("'main.py', 'a.json', 'lib.so', 'x.tar.gz'") == 0);
	CHECK(count("import os.path as p, xml.dom.me") == 0);
	CHECK(count("'..', '.com', 'a..com'") == 0);
}

static void mail_and_paths(void)
{
	CHECK(contains("author_email='a.b@example.com'", MPY_IND_EMAIL,
		       "a.b@example.com"));
	CHECK(count("@app.route('/x')\n@property\n@a.b.setter") == 0);
	CHECK(contains("open('~/.ssh/id_rsa')", MPY_IND_PATH,
		       "~/.ssh/id_rsa"));
	CHECK(contains("cat /etc/passwd", MPY_IND_PATH, "/etc/passwd"));
	CHECK(contains("p = '/tmp/.x11/a.sh'", MPY_IND_PATH,
		       "/tmp/.x11/a.sh"));
	CHECK(contains("r'C:\\Users\\a\\AppData\\Local\\b.exe'", MPY_IND_PATH,
		       "C:\\Users\\a\\AppData\\Local\\b.exe"));
	CHECK(contains("'%APPDATA%\\b.exe'", MPY_IND_PATH,
		       "%APPDATA%\\b.exe"));
	CHECK(count("a / b / c; '%d items'; '\\n'") == 0);
}

static void wallets(void)
{
	/* the address of the first block; one letter off is none */
	CHECK(contains("btc = '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa'",
		       MPY_IND_WALLET, "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"));
	CHECK(count("btc = '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb'") == 0);
	/* the example of BIP 173 */
	CHECK(contains("'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4'",
		       MPY_IND_WALLET,
		       "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"));
	CHECK(count("'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5'") == 0);
	CHECK(contains("'0x52908400098527886E0F7030069857D2E4169EE7'",
		       MPY_IND_WALLET,
		       "0x52908400098527886E0F7030069857D2E4169EE7"));
	CHECK(count("'0x0000000000000000000000000000000000000000'") == 0);
}

static void bounded_and_once(void)
{
	struct mpy_indicators all = { 0 };
	char *text = malloc(400 * 40 + 1);
	size_t n = 0;

	for (int i = 0; i < 400; i++)
		n += (size_t)sprintf(text + n, "'h%d.example.invalid' ", i);
	CHECK(!mpy_indicators_scan(&all, (const uint8_t *)text, n, 0));
	CHECK(all.n == MPY_INDICATORS_MAX);
	CHECK(all.bounds & MPY_BOUND_INDICATORS);
	mpy_indicators_free(&all);
	n = 0;
	for (int i = 0; i < 400; i++)
		n += (size_t)sprintf(text + n, "'h.example.invalid' ");
	CHECK(!mpy_indicators_scan(&all, (const uint8_t *)text, n, 0));
	CHECK(!mpy_indicators_scan(&all, (const uint8_t *)text, n, 1));
	CHECK(all.n == 1 && all.list[0].layer == 0 && !all.bounds);
	mpy_indicators_free(&all);
	free(text);
	CHECK(!mpy_indicators_scan(&all, NULL, 0, 0));
}

static void defangs(enum mpy_indicator_type type, const char *value,
		    const char *want)
{
	char out[200];

	CHECK(mpy_indicators_defang(type, value, out, sizeof(out)) ==
	      strlen(want));
	CHECK_STR(out, want);
}

static void defanged(void)
{
	char small[8];

	defangs(MPY_IND_URL, "http://a.example.invalid/x.y",
		"hxxp://a[.]example[.]invalid/x.y");
	defangs(MPY_IND_URL, "https://192.0.2.1",
		"hxxps://192[.]0[.]2[.]1");
	defangs(MPY_IND_IP, "192.0.2.1", "192[.]0[.]2[.]1");
	defangs(MPY_IND_EMAIL, "a@b.com", "a[@]b[.]com");
	defangs(MPY_IND_PATH, "/etc/passwd.d", "/etc/passwd.d");
	CHECK(mpy_indicators_defang(MPY_IND_IP, "192.0.2.1", small,
				    sizeof(small)) == 15);
	CHECK_STR(small, "192[.]0");
	CHECK(mpy_indicators_defang(MPY_IND_IP, "192.0.2.1", NULL, 0) == 15);
}

int main(void)
{
	RUN(urls);
	RUN(ips);
	RUN(domains);
	RUN(mail_and_paths);
	RUN(wallets);
	RUN(bounded_and_once);
	RUN(defanged);
	return DONE();
}
