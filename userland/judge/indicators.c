// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Addresses in text: one pass over the bytes that stops at the few
 * characters that an address must have (":", "@", ".", a digit, "/", "\")
 * and looks around there. Values are plain ASCII.
 */
#include "indicators.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "wallet.h"

#define VALUE_MAX 1024 /* bytes of a URL or path, longer ones are cut */

struct scan {
	struct mpy_indicators *all;
	const uint8_t *data;
	size_t size;
	unsigned int layer;
	int result;
};

/* ---- the list ------------------------------------------------------------ */

static uint64_t digest(enum mpy_indicator_type type, const uint8_t *p,
		       size_t size)
{
	uint64_t h = 0xcbf29ce484222325ull + type;

	for (size_t i = 0; i < size; i++)
		h = (h ^ p[i]) * 0x100000001b3ull;
	return h;
}

static bool is_full(const struct scan *s)
{
	return s->all->n == MPY_INDICATORS_MAX;
}

static int make_room(struct mpy_indicators *all)
{
	size_t room = all->room ? all->room * 2 : 8;
	struct mpy_indicator *more;

	if (all->n < all->room)
		return 0;
	more = realloc(all->list, room * sizeof(*more));
	if (!more)
		return -ENOMEM;
	all->list = more;
	all->room = room;
	return 0;
}

static void add(struct scan *s, enum mpy_indicator_type type, size_t from,
		size_t to)
{
	struct mpy_indicators *all = s->all;
	size_t size = to - from > VALUE_MAX ? VALUE_MAX : to - from;
	uint64_t key = digest(type, s->data + from, size);
	char *value;

	if (s->result || !size)
		return;
	for (size_t i = 0; i < all->n; i++)
		if (all->seen[i] == key)
			return;
	if (is_full(s)) {
		all->bounds |= MPY_BOUND_INDICATORS;
		return;
	}
	value = malloc(size + 1);
	s->result = value ? make_room(all) : -ENOMEM;
	if (s->result) {
		free(value);
		return;
	}
	memcpy(value, s->data + from, size);
	value[size] = '\0';
	all->seen[all->n] = key;
	all->list[all->n].type = type;
	all->list[all->n].value = value;
	all->list[all->n++].layer = s->layer;
}

/* ---- characters ---------------------------------------------------------- */

static uint8_t at(const struct scan *s, size_t i)
{
	return i < s->size ? s->data[i] : 0;
}

enum {
	DIGIT = 1,
	LETTER = 2,
	HOST = 4,  /* of a host's name */
	QUOTE = 8, /* NUL too, which stands for the end */
	URL = 16,
	PATH = 32,
	INNER = 64,  /* of a word: of a host, or "_", but no "." */
	BEGINS = 128 /* begins a word, or what is no word is looked at here */
};

/* clang-format off */
#define ALNUM (HOST | URL | PATH | INNER | BEGINS)
static const uint8_t class_of[256] = {
	['0' ... '9'] = DIGIT | ALNUM,
	['a' ... 'z'] = LETTER | ALNUM, ['A' ... 'Z'] = LETTER | ALNUM,
	['-'] = HOST | URL | PATH | INNER, ['.'] = HOST | URL | PATH,
	['"'] = QUOTE, ['\''] = QUOTE, ['`'] = QUOTE, [0] = QUOTE,
	['!'] = URL | PATH, ['#'] = URL | PATH, ['$'] = URL | PATH,
	['%'] = URL | PATH | BEGINS, ['/'] = URL | PATH | BEGINS,
	[':'] = URL | PATH | BEGINS, ['@'] = URL | PATH | BEGINS,
	['+'] = URL | PATH, ['['] = URL | PATH, [']'] = URL | PATH,
	['_'] = URL | PATH | INNER, ['~'] = URL | PATH,
	['&'] = URL, ['('] = URL, [')'] = URL, ['*'] = URL, [','] = URL,
	[';'] = URL, ['='] = URL, ['?'] = URL,
	['\\'] = PATH | BEGINS, ['^'] = PATH,
};
/* clang-format on */

static bool is_digit(uint8_t c)
{
	return class_of[c] & DIGIT;
}

static bool is_letter(uint8_t c)
{
	return class_of[c] & LETTER;
}

static bool is_host(uint8_t c)
{
	return class_of[c] & HOST;
}

static bool is_quote(uint8_t c)
{
	return class_of[c] & QUOTE;
}

static bool is_url(uint8_t c)
{
	return class_of[c] & URL;
}

static bool is_path(uint8_t c)
{
	return class_of[c] & PATH;
}

/* Letters of either case are the same, whatever the locale. */
static bool differs(const void *p, const char *word, size_t size)
{
	const uint8_t *c = p;

	for (size_t i = 0; i < size; i++)
		if (c[i] != (uint8_t)word[i] &&
		    !(is_letter(c[i]) && (c[i] ^ 32) == (uint8_t)word[i]))
			return true;
	return false;
}

static bool is_any(const uint8_t *p, size_t size, const char *const *list,
		   size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(list[i]) == size && !differs(p, list[i], size))
			return true;
	return false;
}

#define IS_ANY(p, size, list) \
	is_any(p, size, list, sizeof(list) / sizeof((list)[0]))

/* ---- hosts --------------------------------------------------------------- */

static const char *const tlds[] = {
	"com", "net", "org", "io", "ru", "cn", "xyz", "info", "biz", "top",
	"tk", "ml", "ga", "cf", "gq", "pw", "cc", "su", "me", "co", "dev",
	"app", "site", "online", "club", "live", "onion", "link", "click",
	"host", "space", "fun", "store", "tech", "website", "uk", "de", "fr",
	"nl", "eu", "jp", "kr", "br", "it", "pl", "es", "us", "ca", "au",
	"ch", "se", "no", "fi", "cz", "at", "be", "gg", "to", "vip", "icu",
	"cloud", "gov", "edu", "mil", "int", "tv", "ws", "invalid", "ngrok",
	"cyou", "shop", "win", "bid", "stream", "download", "moe", "lol"
};

/* Labels with a known end, "." not at the edges. */
static bool is_domain(const uint8_t *p, size_t size)
{
	size_t last = size, labels = 1;

	if (size < 4 || size > 253 || p[0] == '.' || p[size - 1] == '.')
		return false;
	for (size_t i = 0; i < size; i++) {
		if (p[i] != '.')
			continue;
		if (p[i + 1] == '.' || p[i + 1] == '-')
			return false;
		last = i + 1;
		labels++;
	}
	return labels > 1 && IS_ANY(p + last, size - last, tlds);
}

/* Four numbers up to 255; where they end, or from if they are none. */
static size_t read_ip(const struct scan *s, size_t from)
{
	size_t i = from;

	for (int part = 0; part < 4; part++) {
		unsigned int n = 0, digits = 0;

		if (part && at(s, i++) != '.')
			return from;
		while (is_digit(at(s, i)) && digits < 4) {
			n = n * 10 + at(s, i++) - '0';
			digits++;
		}
		if (!digits || digits > 3 || n > 255)
			return from;
	}
	return i;
}

/* No host of anybody else: loopback, any, broadcast. */
static bool is_idle(const uint8_t *p, size_t size)
{
	return (size > 4 && !memcmp(p, "127.", 4)) || p[0] == '0' ||
	       (size > 4 && !memcmp(p, "255.", 4));
}

/* version = 1.2.3.4, pkg==1.2.3.4, Chrome/1.2.3.4 */
static bool is_version(const struct scan *s, size_t from)
{
	size_t i = from, begin = from > 24 ? from - 24 : 0;

	if (from > 1 && at(s, from - 1) == '/' && at(s, from - 2) != '/')
		return true;
	while (i > begin && (at(s, i - 1) == ' ' || is_quote(at(s, i - 1)) ||
			     at(s, i - 1) == '(' || at(s, i - 1) == 'v'))
		i--;
	if (i > 1 && at(s, i - 1) == '=' && strchr("=<>~!", at(s, i - 2)))
		return true;
	for (i = begin; i + 7 <= from; i++)
		if (!differs(s->data + i, "version", 7) ||
		    !differs(s->data + i, "release", 7))
			return true;
	return false;
}

static size_t scan_ip(struct scan *s, size_t from)
{
	size_t end = read_ip(s, from);
	uint8_t before = from ? at(s, from - 1) : 0;

	if (end == from || is_host(at(s, end)) || at(s, end) == '_' ||
	    is_letter(before) || before == '_' || before == '.' ||
	    before == '-')
		return from;
	if (!is_idle(s->data + from, end - from) && !is_version(s, from))
		add(s, MPY_IND_IP, from, end);
	return end;
}

static void add_host(struct scan *s, size_t from, size_t to)
{
	if (read_ip(s, from) == to) {
		if (!is_idle(s->data + from, to - from))
			add(s, MPY_IND_IP, from, to);
	} else if (is_domain(s->data + from, to - from)) {
		add(s, MPY_IND_DOMAIN, from, to);
	}
}

/* ---- URLs ---------------------------------------------------------------- */

static bool is_webhook(const uint8_t *p, size_t size)
{
	static const char *const words[] = {
		"/api/webhooks/", "hooks.slack.com/", "api.telegram.org/bot",
		"webhook.site/",  "webhook.office.com/", "hooks.zapier.com/",
		"pipedream.net",  "maker.ifttt.com/", "chat.googleapis.com/v1/"
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (memmem(p, size, words[i], strlen(words[i])))
			return true;
	return false;
}

static const char *const schemes[] = { "http", "https", "ftp", "tcp", "ws",
				       "wss", "udp", "stratum+tcp", "socks5",
				       "socks4", "sftp", "smb", "ssh",
				       "stratum+ssl", "ldap", "rmi" };

/* At "://" in position colon. Returns where to go on. */
static size_t scan_url(struct scan *s, size_t colon)
{
	size_t from = colon, end = colon + 3, host, to;

	while (from && colon - from < 12 &&
	       (is_letter(at(s, from - 1)) || is_digit(at(s, from - 1)) ||
		at(s, from - 1) == '+'))
		from--;
	if (!IS_ANY(s->data + from, colon - from, schemes))
		return colon + 3;
	while (is_url(at(s, end)) && end - from < VALUE_MAX)
		end++;
	while (end > colon + 3 && strchr(".,;:)]", at(s, end - 1)))
		end--;
	host = colon + 3;
	for (size_t i = host; i < end && at(s, i) != '/'; i++)
		if (at(s, i) == '@')
			host = i + 1;
	for (to = host; to < end && is_host(at(s, to));)
		to++;
	if (to - host < 3)
		return end;
	add(s, is_webhook(s->data + from, end - from) ? MPY_IND_WEBHOOK :
							MPY_IND_URL,
	    from, end);
	add_host(s, host, to);
	return end;
}

/* ---- names with dots, mail, paths ---------------------------------------- */

/* At "@". */
static size_t scan_email(struct scan *s, size_t sign)
{
	size_t from = sign, to = sign + 1;

	while (from && sign - from < 64 &&
	       (is_host(at(s, from - 1)) || at(s, from - 1) == '_' ||
		at(s, from - 1) == '+'))
		from--;
	while (is_host(at(s, to)) && to - sign < 254)
		to++;
	while (to > sign && at(s, to - 1) == '.')
		to--;
	if (from == sign || !is_domain(s->data + sign + 1, to - sign - 1))
		return sign + 1;
	add(s, MPY_IND_EMAIL, from, to);
	return to;
}

/*
 * A name between quotes or slashes: 'host.example.com', "ping host.net".
 * from is its first character. os.path and self.info are none.
 */
static void scan_domain(struct scan *s, size_t from)
{
	uint8_t before = from ? at(s, from - 1) : 0, after;
	bool left = is_quote(before) || before == '/' || before == '@', right;
	size_t to = from;

	if (!left && before != ' ')
		return;
	while (is_host(at(s, to)))
		to++;
	while (to > from && at(s, to - 1) == '.')
		to--;
	after = at(s, to);
	right = is_quote(after) || after == '/';
	if (!(left && (right || after == ':' || after == ' ' ||
		       after == '\\' || after == ',')) &&
	    !(right && after && before == ' '))
		return;
	if (is_domain(s->data + from, to - from))
		add(s, MPY_IND_DOMAIN, from, to);
}

/* Places that tell something, by what stands at a "/", "\", "." or "%". */
static size_t scan_path(struct scan *s, size_t i)
{
	static const char *const places[] = {
		"/.ssh", "/etc/passwd", "/etc/shadow", "/etc/sudoers",
		"/.aws", "/etc/cron", "/var/spool/cron", "/.bashrc",
		"/.bash_profile", "/.profile", "/.zshrc", "/dev/shm/",
		"/tmp/", "/var/tmp/", "/etc/systemd/system/", "/etc/ld.so.preload",
		"/.config/autostart", "/.config/systemd", "/.kube/", "/.docker/",
		"/.gnupg", "/.netrc", "/.pypirc", "/.npmrc", "/.git-credentials",
		"/.mozilla", "/etc/hosts", "/etc/rc.local", "/etc/init.d/",
		"/LaunchAgents/", "/.electrum", "/.bitcoin", "/dev/tcp/",
		"\\AppData\\", "\\Microsoft\\Windows\\", "\\Login Data",
		"\\Local State", "\\leveldb", "\\CurrentVersion\\Run",
		"\\Start Menu\\", "\\System32\\", "\\Temp\\", "\\Discord\\",
		"%APPDATA%", "%TEMP%", "%LOCALAPPDATA%", "%USERPROFILE%"
	};
	const uint8_t c = at(s, i), next = at(s, i + 1);
	size_t from = i, to;

	for (size_t k = 0; k < sizeof(places) / sizeof(places[0]); k++) {
		size_t n;

		if (places[k][0] != c || ((places[k][1] ^ next) & ~32))
			continue;
		n = strlen(places[k]);
		if (n > s->size - i || differs(s->data + i, places[k], n))
			continue;
		to = i + n;
		while (from && i - from < 200 && is_path(at(s, from - 1)))
			from--;
		while (is_path(at(s, to)) && to - i < 400)
			to++;
		while (to > i + n && strchr(".:]", at(s, to - 1)))
			to--;
		add(s, MPY_IND_PATH, from, to);
		return to;
	}
	return i + 1;
}

static size_t scan_wallet(struct scan *s, size_t from)
{
	size_t to = from;

	while ((is_letter(at(s, to)) || is_digit(at(s, to))) &&
	       to - from <= 90)
		to++;
	if (!is_letter(at(s, to)) && mpy_wallet_is(s->data + from, to - from))
		add(s, MPY_IND_WALLET, from, to);
	return to;
}

/* ---- the pass ------------------------------------------------------------ */

/* A word begins at i: an address by number, a wallet, or a host. */
static size_t scan_word(struct scan *s, size_t i)
{
	uint8_t c = at(s, i);
	size_t end = i, dots = 0;

	if (is_digit(c)) {
		end = scan_ip(s, i);
		if (end > i)
			return end;
	}
	for (;;) {
		while (end < s->size && class_of[s->data[end]] & INNER)
			end++;
		if (at(s, end) != '.')
			break;
		dots++;
		end++;
	}
	if (dots && at(s, end) != '@' && at(s, end) != '(')
		scan_domain(s, i);
	else if (end - i >= 26 && end - i <= 90 &&
		 (c == '0' || c == '1' || c == '3' || c == 'b'))
		scan_wallet(s, i);
	return end;
}

#ifdef __SSE2__

#define BYTES 16

static __m128i is_byte(__m128i bytes, char c)
{
	return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c));
}

/* Bytes from low to high, both below 128. */
static __m128i is_between(__m128i bytes, char low, char high)
{
	return _mm_and_si128(
		_mm_cmpgt_epi8(bytes, _mm_set1_epi8((char)(low - 1))),
		_mm_cmplt_epi8(bytes, _mm_set1_epi8((char)(high + 1))));
}

/*
 * How many bytes from p on, BYTES of them readable, hold no address for sure:
 * up to the last word that begins before one of the telling characters, or
 * that is cut off. What is shorter than BYTES is no wallet.
 */
static size_t count_plain(const uint8_t *p)
{
	__m128i b = _mm_loadu_si128((const __m128i *)(const void *)p);
	__m128i folded = _mm_or_si128(b, _mm_set1_epi8(0x20));
	__m128i inner = _mm_or_si128(is_between(folded, 'a', 'z'),
				     is_between(b, '0', '9'));
	__m128i tells = _mm_or_si128(is_byte(b, '.'), is_byte(b, ':'));
	unsigned int gaps, marks;

	inner = _mm_or_si128(inner, is_byte(b, '_'));
	inner = _mm_or_si128(inner, is_byte(b, '-'));
	tells = _mm_or_si128(tells, is_byte(b, '/'));
	tells = _mm_or_si128(tells, is_byte(b, '\\'));
	tells = _mm_or_si128(tells, is_byte(b, '@'));
	tells = _mm_or_si128(tells, is_byte(b, '%'));
	marks = (unsigned int)_mm_movemask_epi8(tells);
	gaps = ~(unsigned int)_mm_movemask_epi8(inner) & 0xffff;
	if (marks)
		gaps &= (marks & -marks) - 1;
	return gaps ? 32 - (size_t)__builtin_clz(gaps) : 0;
}

#else

#define BYTES 1

static size_t count_plain(const uint8_t *p)
{
	return !(class_of[*p] & BEGINS);
}

#endif

int mpy_indicators_scan(struct mpy_indicators *all, const uint8_t *data,
			size_t size, unsigned int layer)
{
	struct scan s = { .all = all, .data = data, .size = size,
			  .layer = layer };
	size_t i = 0;

	while (i < size && !s.result) {
		size_t plain = size - i >= BYTES ? count_plain(data + i) : 0;
		uint8_t c = data[i];

		if (plain) {
			i += plain;
			continue;
		}
		if (!(class_of[c] & BEGINS)) {
			i++;
			continue;
		}
		if (all->bounds & MPY_BOUND_INDICATORS)
			break;
		if (class_of[c] & (LETTER | DIGIT))
			i = scan_word(&s, i);
		else if (c == ':' && at(&s, i + 1) == '/' &&
			 at(&s, i + 2) == '/')
			i = scan_url(&s, i);
		else if (c == '@')
			i = scan_email(&s, i);
		else if (c == '/' || c == '\\' || c == '%')
			i = scan_path(&s, i);
		else
			i++;
	}
	return s.result;
}

void mpy_indicators_free(struct mpy_indicators *all)
{
	for (size_t i = 0; i < all->n; i++)
		free(all->list[i].value);
	free(all->list);
	memset(all, 0, sizeof(*all));
}

/* ---- defanged ------------------------------------------------------------ */

struct writer {
	char *out;
	size_t room, n;
};

static void put(struct writer *w, char c)
{
	if (w->n + 1 < w->room)
		w->out[w->n] = c;
	w->n++;
}

static void put_text(struct writer *w, const char *text)
{
	while (*text)
		put(w, *text++);
}

size_t mpy_indicators_defang(enum mpy_indicator_type type, const char *value,
			     char *out, size_t room)
{
	struct writer w = { .out = out, .room = room };
	const char *scheme = strstr(value, "://"), *p = value;
	bool host = type != MPY_IND_PATH && type != MPY_IND_WALLET;

	if (host && strlen(p) >= 4 && !differs(p, "http", 4)) {
		put_text(&w, "hxxp");
		p += 4;
	}
	for (; *p; p++) {
		if (host && scheme && p == scheme) {
			put_text(&w, "://");
			p += 2;
			continue;
		} else if (host && *p == '.') {
			put_text(&w, "[.]");
		} else if (type == MPY_IND_EMAIL && *p == '@') {
			put_text(&w, "[@]");
		} else {
			put(&w, *p);
		}
		/* behind the host nothing needs it */
		if (host && *p == '/' && (!scheme || p > scheme + 2))
			host = false;
	}
	if (room)
		out[w.n < room ? w.n : room - 1] = '\0';
	return w.n;
}
