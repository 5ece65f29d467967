// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * train_hosts.c - one pass over the text, run by run of the characters that
 * addresses, names and tokens are made of.
 */
#include "train_hosts.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOKEN_LEAST 12 /* characters of a token that is made up */

/* A text being copied. */
struct copy {
	FILE *out;
	uint64_t seed; /* of the text */
};

static uint64_t hash(const char *p, size_t size, uint64_t h)
{
	for (size_t i = 0; i < size; i++)
		h = (h ^ (uint8_t)p[i]) * 0x100000001b3ull;
	h ^= h >> 31;
	return h * 0x9e3779b97f4a7c15ull;
}

/* A number below n; takes it from the lot. */
static unsigned int draw(uint64_t *lot, unsigned int n)
{
	*lot = *lot * 6364136223846793005ull + 1442695040888963407ull;
	return (unsigned int)((*lot >> 33) % n);
}

static bool begins(const char *p, size_t size, const char *with)
{
	return size >= strlen(with) && !memcmp(p, with, strlen(with));
}

static bool ends(const char *p, size_t size, const char *with)
{
	size_t n = strlen(with);

	return size >= n && !memcmp(p + size - n, with, n);
}

static void put_word(struct copy *c, uint64_t *lot)
{
	static const char starts[] = "bcdfghklmnprstvwz", vowels[] = "aeiou";
	unsigned int n = 2 + draw(lot, 3);

	for (unsigned int i = 0; i < n; i++) {
		fputc(starts[draw(lot, sizeof(starts) - 1)], c->out);
		fputc(vowels[draw(lot, sizeof(vowels) - 1)], c->out);
		if (!draw(lot, 3))
			fputc(starts[draw(lot, sizeof(starts) - 1)], c->out);
	}
}

static void put_domain(struct copy *c, uint64_t *lot)
{
	static const char *const domains[] = {
		"com", "com", "com", "com", "net", "org", "io", "de", "ru",
		"cn", "xyz", "top", "info", "me", "cc", "site", "online", "app",
		"dev", "fr", "br", "in"
	};

	fputs(domains[draw(lot, sizeof(domains) / sizeof(*domains))], c->out);
}

static bool is_number(const char *p, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (!isdigit((unsigned char)p[i]))
			return false;
	return size;
}

/*
 * 192.0.2.9: a name most times, for a table of numbers is no list of hosts.
 * False if it is not of RFC 5737.
 */
static bool put_address(struct copy *c, const char *p, size_t size)
{
	static const char *const nets[] = { "192.0.2.", "198.51.100.",
					    "203.0.113." };

	for (unsigned int i = 0; i < 3; i++) {
		uint64_t lot = hash(nets[i], strlen(nets[i]), c->seed);

		if (!begins(p, size, nets[i]))
			continue;
		p += strlen(nets[i]);
		size -= strlen(nets[i]);
		if (draw(&lot, 4) && is_number(p, size)) {
			lot = hash(p, size, lot);
			put_word(c, &lot);
			fputc('.', c->out);
			put_domain(c, &lot);
			return true;
		}
		fprintf(c->out, "%u.%u.%u.", 1 + draw(&lot, 223),
			draw(&lot, 256), draw(&lot, 256));
		fwrite(p, 1, size, c->out);
		return true;
	}
	return false;
}

/* x.example, x.example.com: the name is replaced, not what is in front. */
static bool put_name(struct copy *c, const char *p, size_t size)
{
	static const char *const alone[] = { ".example", ".invalid" };
	static const char *const whole[] = { "example.com", "example.net",
					     "example.org" };
	uint64_t lot;

	for (unsigned int i = 0; i < 2; i++) {
		if (!ends(p, size, alone[i]))
			continue;
		lot = hash(p, size, c->seed);
		fwrite(p, 1, size - strlen(alone[i]) + 1, c->out);
		put_domain(c, &lot);
		return true;
	}
	for (unsigned int i = 0; i < 3; i++) {
		size_t head = size - strlen(whole[i]);

		if (!ends(p, size, whole[i]) || (head && p[head - 1] != '.'))
			continue;
		lot = hash(whole[i], strlen(whole[i]), c->seed);
		fwrite(p, 1, head, c->out);
		put_word(c, &lot);
		fputs(whole[i] + strlen("example"), c->out);
		return true;
	}
	return false;
}

/* EXAMPLE-TOKEN, not a name of the program's such as EXAMPLE_DIR. */
static bool put_token(struct copy *c, const char *p, size_t size)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	uint64_t lot = hash(p, size, c->seed);

	if (!begins(p, size, "EXAMPLE") || memchr(p, '_', size) ||
	    memchr(p, '.', size) || (size == 8 && p[7] == 'S'))
		return false;
	for (size_t i = 0; i < size || i < TOKEN_LEAST; i++)
		fputc(letters[draw(&lot, sizeof(letters) - 1)], c->out);
	return true;
}

static bool is_run(char c)
{
	return isalnum((unsigned char)c) || c == '.' || c == '-' || c == '_';
}

int mpy_hosts_replace(const char *text, size_t size, char **out,
		      size_t *out_size)
{
	struct copy c = { .seed = hash(text, size, 1) };
	size_t at = 0, n;

	*out = NULL;
	c.out = open_memstream(out, out_size);
	if (!c.out)
		return -ENOMEM;
	while (at < size) {
		for (n = 0; at + n < size && is_run(text[at + n]);)
			n++;
		if (!n)
			fputc(text[at++], c.out);
		else if (!put_address(&c, text + at, n) &&
			 !put_name(&c, text + at, n) &&
			 !put_token(&c, text + at, n))
			fwrite(text + at, 1, n, c.out);
		at += n;
	}
	if (!fclose(c.out))
		return 0;
	free(*out);
	*out = NULL;
	return -ENOMEM;
}
