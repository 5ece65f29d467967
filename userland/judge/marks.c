// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Finds words (words.h) in strings. One pass over each string; a table of the
 * first four bytes of all words leaves nearly every position at once.
 */
#include "words.h"

#include <string.h>

#define WINDOW 65536 /* bytes of a string that are looked at */
#define TOLD_MAX 80 /* bytes of a sentence before a command */
#define OBTAIN_NEAR 80 /* bytes from exec( to what it is given */

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? c | 32 : c;
}

/* Letters by themselves, upper and lower case alike; other bytes in groups. */
static unsigned int class_of(uint8_t c)
{
	static const uint8_t classes[256] = {
		[' '] = 27, ['.'] = 28, ['/'] = 29, ['\\'] = 30,
		['0'] = 31, ['1'] = 31, ['2'] = 31, ['3'] = 31,
		['4'] = 31, ['5'] = 31, ['6'] = 31, ['7'] = 31,
		['8'] = 31, ['9'] = 31,
		['A'] = 1,  ['B'] = 2,	['C'] = 3,  ['D'] = 4,	['E'] = 5,
		['F'] = 6,  ['G'] = 7,	['H'] = 8,  ['I'] = 9,	['J'] = 10,
		['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15,
		['P'] = 16, ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20,
		['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24, ['Y'] = 25,
		['Z'] = 26,
		['a'] = 1,  ['b'] = 2,	['c'] = 3,  ['d'] = 4,	['e'] = 5,
		['f'] = 6,  ['g'] = 7,	['h'] = 8,  ['i'] = 9,	['j'] = 10,
		['k'] = 11, ['l'] = 12, ['m'] = 13, ['n'] = 14, ['o'] = 15,
		['p'] = 16, ['q'] = 17, ['r'] = 18, ['s'] = 19, ['t'] = 20,
		['u'] = 21, ['v'] = 22, ['w'] = 23, ['x'] = 24, ['y'] = 25,
		['z'] = 26,
	};

	return classes[c];
}

/* The classes of four bytes: of head's last three, and of one more. */
static uint32_t head_with(uint32_t head, unsigned int class)
{
	return (head << 5 | class) & 0xfffff;
}

static uint32_t slot_of(uint32_t head)
{
	return head * 2654435761u >> 16;
}

static void add_head(struct mpy_fold *f, uint32_t head)
{
	uint32_t slot = slot_of(head);

	f->heads[slot >> 3] |= (uint8_t)(1u << (slot & 7));
}

void mpy_marks_start(struct mpy_fold *f)
{
	for (size_t i = 0; i < mpy_words_count; i++) {
		const char *p = mpy_words[i].text;
		uint32_t head = 0;

		for (size_t k = 0; k < 3; k++)
			head = head_with(head, class_of((uint8_t)p[k]));
		if (p[3])
			add_head(f, head_with(head, class_of((uint8_t)p[3])));
		for (unsigned int class = 0; !p[3] && class < 32; class++)
			add_head(f, head_with(head, class));
	}
}

static bool is_letter(uint8_t c)
{
	return lower(c) >= 'a' && lower(c) <= 'z';
}

/* Does a path or a name go on with c? */
static bool goes_on(uint8_t c)
{
	return is_letter(c) || (c >= '0' && c <= '9') || memchr("_-./", c, 4);
}

static bool matches(const uint8_t *p, size_t size, const char *word)
{
	size_t i = 0;

	for (; word[i] && word[i] != '\b'; i++)
		if (i >= size || lower(p[i]) != (uint8_t)word[i])
			return false;
	return !word[i] || i >= size || !goes_on(p[i]);
}

/* Is text[at] in a word, and not its beginning? LoginData has two. */
static bool is_inside(const uint8_t *text, size_t at)
{
	uint8_t c = text[at], before = at ? text[at - 1] : ' ';

	return is_letter(c) && (before == '_' || (is_letter(before) &&
		!(c < 'a' && before >= 'a')));
}

/* Of the first three bytes of a and of a word. */
static int compare_head(const uint8_t *a, const char *word)
{
	for (size_t i = 0; i < 3; i++) {
		uint8_t c = lower(a[i]);

		if (c != (uint8_t)word[i])
			return c < (uint8_t)word[i] ? -1 : 1;
	}
	return 0;
}

/* The first word with the three bytes at p, or behind where it would be. */
static size_t first_word(const uint8_t *p)
{
	size_t low = 0, high = mpy_words_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_head(p, mpy_words[middle].text) > 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Does a command with the word do harm whoever gives it? */
static bool is_harm(const struct mpy_word *word)
{
	return (word->marks & M_DESTROY) ||
	       word->direct == MPY_BEH_DEFENCE_OFF + 1 ||
	       word->direct == MPY_BEH_FIREWALL_OFF + 1;
}

/* A number below 256 at p; how many digits, 0: none. */
static size_t octet(const uint8_t *p, size_t size, unsigned int *value)
{
	size_t n = 0;

	for (*value = 0; n < size && n < 3 && p[n] >= '0' && p[n] <= '9'; n++)
		*value = *value * 10 + p[n] - '0';
	return *value < 256 ? n : 0;
}

bool mpy_marks_is_server(const uint8_t *p, size_t size)
{
	/* private and local ones (RFC 6890), and the resolvers of names that
	   everybody asks */
	static const struct {
		uint32_t net;
		unsigned int bits;
	} others[] = { { 0x00000000, 8 },  { 0x0a000000, 8 },
		       { 0x64400000, 10 }, { 0x7f000000, 8 },
		       { 0xa9fe0000, 16 }, { 0xac100000, 12 },
		       { 0xc0a80000, 16 }, { 0x08080808, 32 },
		       { 0x08080404, 32 }, { 0x09090909, 32 },
		       { 0x01010101, 32 }, { 0x01000001, 32 } };
	unsigned int part[4];

	for (unsigned int i = 0; i < 4; i++) {
		size_t n = octet(p, size, &part[i]);

		if (!n || (i < 3 && (n == size || p[n] != '.')))
			return false;
		p += n + (i < 3);
		size -= n + (i < 3);
	}
	/* no longer number, no name that begins so */
	if (size && goes_on(*p) && *p != '/')
		return false;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (!((part[0] << 24 | part[1] << 16 | part[2] << 8 | part[3]) >>
			      (32 - others[i].bits) ^
		      others[i].net >> (32 - others[i].bits)))
			return false;
	return part[0] < 224;
}

static uint64_t marks_at(struct mpy_fold *f, const uint8_t *p, size_t size,
			 bool harm, uint32_t line)
{
	uint64_t marks = 0;

	mpy_budget_step(f->budget, 1);
	for (size_t i = first_word(p);
	     i < mpy_words_count && !compare_head(p, mpy_words[i].text); i++) {
		if (!matches(p, size, mpy_words[i].text) ||
		    (harm && !is_harm(&mpy_words[i])))
			continue;
		marks |= mpy_words[i].marks;
		if (mpy_words[i].direct == MPY_BEH_BARE_ADDRESS + 1 &&
		    !mpy_marks_is_server(p + 3, size - 3))
			continue;
		if (mpy_words[i].direct)
			mpy_flow_note(f, (enum mpy_behaviour)
				      (mpy_words[i].direct - 1), line, 0);
	}
	return marks;
}

/* .py and the like at the very end of three bytes or more. */
static uint64_t marks_of_end(const uint8_t *p, size_t size)
{
	if (size >= 4 && matches(p + size - 4, 4, ".pth"))
		return M_PTH;
	if (matches(p + size - 3, 3, ".py") ||
	    (size >= 4 && matches(p + size - 4, 4, ".pyw")))
		return M_PYTHON_FILE;
	return 0;
}

/*
 * "Install it with: curl ..." tells people what to type; "run: curl ..." may be
 * a key and its command.
 */
static bool is_told(const uint8_t *text, size_t at)
{
	size_t end = at;

	while (end && text[end - 1] == ' ')
		end--;
	if (end == at || !end || text[--end] != ':')
		return false;
	for (size_t i = end; i && at - i < TOLD_MAX && text[i - 1] != '\n'; i--)
		if (text[i - 1] == ' ' && i > 1 && is_letter(text[i - 2]))
			return true;
	return false;
}

/* What addresses of crypto currencies begin with, and nothing else. */
static bool is_coin(const uint8_t *p, size_t size)
{
	return (size == 3 && !memcmp(p, "bc1", 3)) ||
	       (size == 4 && (!memcmp(p, "bc1q", 4) || !memcmp(p, "ltc1", 4)));
}

static uint64_t find(struct mpy_fold *f, const uint8_t *data, size_t size,
		     bool harm, uint32_t line)
{
	uint32_t head = 0, slot;
	size_t executes = 0; /* behind the newest exec( */
	uint64_t marks, here;
	bool gets = false; /* a command that fetches */

	if (size < 3)
		return 0;
	marks = marks_of_end(data, size);
	if (is_coin(data, size))
		mpy_flow_note(f, MPY_BEH_WALLET_FORM, line, 0);
	if (size > WINDOW)
		size = WINDOW;
	for (size_t i = 0; i < 3; i++)
		head = head_with(head, class_of(data[i]));
	for (size_t i = 0; i + 2 < size; i++) {
		head = head_with(head, i + 3 < size ? class_of(data[i + 3])
						    : 0);
		slot = slot_of(head);
		if (!(f->heads[slot >> 3] & (1u << (slot & 7))) ||
		    is_inside(data, i))
			continue;
		here = marks_at(f, data + i, size - i, harm, line);
		gets = gets || ((here & M_SHELL_GET) && !is_told(data, i));
		marks |= here;
		if ((marks & M_EXECUTES) && (!i || data[i - 1] != '.'))
			executes = i + 1;
		else if ((marks & M_OBTAINS) && executes &&
			 i - executes < OBTAIN_NEAR)
			mpy_flow_note(f, MPY_BEH_CODE_TEXT, line, 0);
		marks &= ~(M_EXECUTES | M_OBTAINS);
	}
	mpy_budget_step(f->budget, size / 64);
	if ((gets && (marks & (M_SHELL_PIPE | M_SHELL_START))) ||
	    ((marks & M_POWERSHELL) && (marks & M_PS_HIDDEN)))
		mpy_flow_note(f, MPY_BEH_SHELL_TEXT, line, 0);
	if ((marks & M_SHELL_GET) && (marks & M_SHELL_CHMOD))
		mpy_flow_note(f, MPY_BEH_DROP_CHMOD, line, 0);
	return marks;
}

uint64_t mpy_marks_find(struct mpy_fold *f, const uint8_t *data, size_t size,
			uint32_t line)
{
	return find(f, data, size, false, line);
}

uint64_t mpy_marks_harm(struct mpy_fold *f, const uint8_t *data, size_t size,
			uint32_t line)
{
	return find(f, data, size, true, line);
}
