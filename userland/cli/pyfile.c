// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Recognising Python by name, "#!", magic number or content; see pyfile.h.
 * The content rules count what lines of Python begin with and other languages
 * do not. They look at the first bytes only and lean towards yes: a wrong yes
 * costs one judgement, a wrong no hides a file.
 */
#include "cli/pyfile.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/reader.h"

#define ENOUGH 3 /* points that make a text Python */

struct line {
	const char *text; /* without the white space around it */
	size_t size;
};

bool mpy_pyfile_named(const char *name)
{
	static const char *const endings[] = { ".py", ".pyw", ".pyc", ".pyz" };
	const char *dot = strrchr(name, '.');
	size_t i;

	for (i = 0; dot && i < sizeof(endings) / sizeof(*endings); i++) {
		if (!strcasecmp(dot, endings[i]))
			return true;
	}
	return false;
}

static bool has(const char *text, size_t size, const char *word)
{
	return memmem(text, size, word, strlen(word));
}

/* Takes the next line of *text. */
static struct line next_line(const char **text, size_t *size)
{
	const char *end = memchr(*text, '\n', *size);
	struct line line = { *text, end ? (size_t)(end - *text) : *size };
	size_t used = line.size + (end != NULL);

	*text += used;
	*size -= used;
	while (line.size && isspace((unsigned char)*line.text))
		line.text++, line.size--;
	while (line.size && isspace((unsigned char)line.text[line.size - 1]))
		line.size--;
	return line;
}

static bool starts(const struct line *line, const char *word)
{
	size_t length = strlen(word);

	return line->size >= length && !memcmp(line->text, word, length);
}

static bool ends(const struct line *line, char c)
{
	return line->size && line->text[line->size - 1] == c;
}

/* Bytes of a dotted name at text. */
static size_t dotted(const char *text, size_t size)
{
	size_t i = 0;

	while (i < size && (isalnum((unsigned char)text[i]) ||
			    text[i] == '_' || text[i] == '.' ||
			    (unsigned char)text[i] >= 0x80))
		i++;
	return i;
}

/* "import a.b as c, d" up to the end or a ";" with more behind it. */
static bool is_import(const struct line *line)
{
	size_t at = 6, name;

	if (!starts(line, "import "))
		return false;
	while (at < line->size) {
		if (line->text[at] == ' ' || line->text[at] == ',') {
			at++;
			continue;
		}
		name = dotted(line->text + at, line->size - at);
		if (!name)
			break;
		at += name;
	}
	return at == line->size || line->text[at] == '#' ||
	       (line->text[at] == ';' && at + 1 < line->size);
}

/* "from a.b import c" */
static bool is_from(const struct line *line)
{
	size_t name;

	if (!starts(line, "from "))
		return false;
	name = dotted(line->text + 5, line->size - 5);
	return name && line->size > 5 + name + 8 &&
	       !memcmp(line->text + 5 + name, " import ", 8);
}

static bool is_block(const struct line *line)
{
	static const char *const words[] = { "if ",	"elif ", "while ",
					     "except",	"try:",	 "finally:",
					     "else:",	"with ", "match ",
					     "async " };
	size_t i;

	if (!ends(line, ':'))
		return false;
	if (starts(line, "for ") && has(line->text, line->size, " in "))
		return true;
	for (i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (starts(line, words[i]))
			return true;
	}
	return false;
}

/* How a line begins: what only Python writes so is enough by itself. */
static unsigned int shape(const struct line *line)
{
	static const char *const words[] = { "print(", "exec(", "self.",
					     "__import__(" };
	size_t i;

	if (is_from(line) || starts(line, "if __name__ =="))
		return ENOUGH;
	if ((starts(line, "def ") || starts(line, "async def ")) &&
	    has(line->text, line->size, "(") &&
	    has(line->text, line->size, ":"))
		return ENOUGH;
	if (starts(line, "class ") && ends(line, ':'))
		return 2;
	for (i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (starts(line, words[i]))
			return 1;
	}
	return is_import(line) || is_block(line);
}

/* What is in a line: calls of Python, which other texts may quote. */
static unsigned int content(const struct line *line)
{
	static const char *const telling[] = {
		"__import__(",	"b64decode(",	"marshal.loads(",
		"zlib.decompress(", "exec(compile(", "os.system(",
		"subprocess.",	"socket.socket(", "urllib.request",
		"requests.get(", "sys.argv",	"os.environ",
		"eval(compile(", "exec(open(",	"exec(requests",
		"exec(bytes",	"exec(''.join", "exec(\"\".join"
	};
	size_t i;

	for (i = 0; i < sizeof(telling) / sizeof(*telling); i++) {
		if (has(line->text, line->size, telling[i]))
			return 2;
	}
	return has(line->text, line->size, "lambda ");
}

static bool is_text(const unsigned char *data, size_t size)
{
	size_t i, odd = 0;

	for (i = 0; i < size; i++) {
		if (!data[i])
			return false;
		odd += data[i] < 0x20 && !isspace(data[i]);
	}
	return odd <= size / 50;
}

/*
 * "package A::B", "use strict;", "require 5.010;": as a first line Perl's, and
 * never Python's. (But "use if 0 else 1;" is.)
 */
static bool is_perl(const struct line *line)
{
	static const char *const words[] = { "package ", "use ", "require " };
	struct line rest;
	size_t i, at, name;

	for (i = 0; i < sizeof(words) / sizeof(*words); i++) {
		at = strlen(words[i]);
		if (!starts(line, words[i]))
			continue;
		name = dotted(line->text + at, line->size - at);
		at += name;
		rest = (struct line){ line->text + at, line->size - at };
		return name && (starts(&rest, ";") || starts(&rest, "::"));
	}
	return false;
}

static bool looks_like_text(const unsigned char *data, size_t size)
{
	const char *text = (const char *)data;
	bool only_comments = size == MPY_READER_PEEK, first = true;
	unsigned int shapes = 0, contents = 0;

	if (!is_text(data, size))
		return false;
	if (size >= 3 && !memcmp(text, "\xef\xbb\xbf", 3))
		text += 3, size -= 3;
	while (size && (!shapes || shapes + contents < ENOUGH)) {
		struct line line = next_line(&text, &size);

		if (!line.size || *line.text == '#')
			continue;
		if (first && is_perl(&line))
			return false;
		first = only_comments = false;
		shapes += shape(&line);
		contents += content(&line);
	}
	/* Nothing but comments so far: padding, or a very long licence. */
	return (shapes && shapes + contents >= ENOUGH) || only_comments;
}

/* "#!": an interpreter of ours, or a shell that hands over to one. */
static bool shebang(const char *text, size_t size)
{
	struct line first = next_line(&text, &size);
	struct line second = next_line(&text, &size);

	if (has(first.text, first.size, "python") ||
	    has(first.text, first.size, "pypy"))
		return true;
	return has(second.text, second.size, "exec") &&
	       (has(second.text, second.size, "python") ||
		has(second.text, second.size, "pypy")) &&
	       (*second.text == '\'' || *second.text == '"');
}

/* Two bytes that count versions, CR, LF; 2.x has its own range. */
static bool is_pyc(const unsigned char *data, size_t size)
{
	unsigned int magic;

	if (size < 8 || data[2] != '\r' || data[3] != '\n')
		return false;
	magic = data[0] | data[1] << 8;
	return (magic >= 3000 && magic < 4200) ||
	       (magic >= 20121 && magic <= 62300);
}

bool mpy_pyfile_looks(const unsigned char *data, size_t size)
{
	if (size > 2 && data[0] == '#' && data[1] == '!')
		return shebang((const char *)data, size);
	return is_pyc(data, size) || looks_like_text(data, size);
}

#define ZIP_END_SIZE  22u
#define ZIP_TAIL      (ZIP_END_SIZE + 65535u) /* with its longest comment */
#define ZIP_NAMES_MAX (8u << 20) /* bytes of the directory looked at */

static uint32_t le32(const unsigned char *p)
{
	return p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Names of the directory's entries, which has size bytes at data. */
static bool has_main(const unsigned char *data, size_t size)
{
	static const char *const mains[] = { "__main__.py", "__main__.pyc" };
	size_t at = 0;

	while (size - at >= 46 && le32(data + at) == 0x02014b50) {
		const unsigned char *entry = data + at;
		size_t name = entry[28] | entry[29] << 8;
		size_t all = 46 + name + (entry[30] | entry[31] << 8) +
			     (entry[32] | entry[33] << 8);
		size_t i;

		if (all > size - at)
			break;
		for (i = 0; i < sizeof(mains) / sizeof(*mains); i++) {
			if (name == strlen(mains[i]) &&
			    !memcmp(entry + 46, mains[i], name))
				return true;
		}
		at += all;
	}
	return false;
}

/* Finds the directory's place: behind it stands the end record. */
static bool find_names(const unsigned char *tail, size_t size, off_t tail_at,
		       off_t *at, size_t *names)
{
	size_t i;

	for (i = size - ZIP_END_SIZE + 1; i-- > 0;) {
		if (le32(tail + i) != 0x06054b50)
			continue;
		*names = le32(tail + i + 12);
		*at = tail_at + (off_t)i - (off_t)*names;
		return *at >= 0;
	}
	return false;
}

bool mpy_pyfile_zip(int fd, const unsigned char *data, size_t size)
{
	unsigned char *buffer = NULL;
	bool found = false;
	struct stat st;
	off_t at;
	size_t names, tail;
	ssize_t got;

	if (size < ZIP_END_SIZE || le32(data) != 0x04034b50 ||
	    fstat(fd, &st) || st.st_size < (off_t)size)
		return false;
	tail = st.st_size < (off_t)ZIP_TAIL ? (size_t)st.st_size : ZIP_TAIL;
	buffer = malloc(tail);
	if (!buffer)
		return false;
	got = pread(fd, buffer, tail, st.st_size - (off_t)tail);
	if (got < (ssize_t)ZIP_END_SIZE ||
	    !find_names(buffer, got, st.st_size - (off_t)tail, &at, &names))
		goto out;
	if (names > ZIP_NAMES_MAX)
		names = ZIP_NAMES_MAX;
	free(buffer);
	buffer = malloc(names + 1);
	got = buffer ? pread(fd, buffer, names, at) : -1;
	found = got > 0 && has_main(buffer, got);
out:
	free(buffer);
	return found;
}
