// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * train_data.c - from records to blocks of buckets. A word is known if it
 * occurs in several packages; a bucket counts if it occurs in several
 * programs; near-copies and programs of one package form one group.
 */
#include "train_data.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/behaviour.h"
#include "judge/features.h"
#include "judge/lex.h"
#include "judge/peel.h"
#include "judge/text.h"

#include "train_cut.h"
#include "train_hosts.h"
#include "train_twist.h"

#define WORD_PACKAGES 4
#define BUCKET_DOCS   2
#define TOKENS_ROOM   (1u << 17)
#define WORDS_ROOM    (1u << 21)
#define IDF_UNIT      16.0
#define TWIST_MAX     24000 /* bytes of a program that is twisted */
#define CUT_MAX	      96000 /* of one that something is cut out of */
#define CUTS	      2	    /* of one program */
#define CUT_HARMLESS  14	    /* of 16 harmless ones */
#define CUT_APART     6	    /* lines between them, at least */

uint32_t mpy_dataset_hash(const char *text)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (; *text; text++)
		h = (h ^ (uint8_t)*text) * 0x100000001b3u;
	return (uint32_t)(h ^ h >> 32);
}

/* ---- words --------------------------------------------------------------- */

struct reading {
	struct mpy_dataset *set;
	const struct mpy_record *record;
	struct mpy_record own; /* record, while our own programs are read */
	bool made, cut;
	struct mpy_behaviours acts; /* of the program read last, as it is */
	uint32_t owner;
	uint32_t package;
	size_t used; /* of scratch, by the unit at hand */
	struct mpy_token *tokens;
	uint32_t *scratch;
	uint32_t *last; /* by word: hash of the package seen last */
	uint8_t *packages; /* by word: how many, up to 255 */
	size_t room; /* of set->docs */
	size_t records;
};

static void progress(struct reading *r, const char *what)
{
	if (++r->records % 4096 == 0)
		fprintf(stderr, "\r%s: %zu programs", what, r->records);
}

static void count_piece(struct reading *r, const struct mpy_text *text,
			size_t n_tokens)
{
	size_t n, i;

	n = mpy_features_words(text->bytes, r->tokens, n_tokens, r->scratch,
			       WORDS_ROOM);
	for (i = 0; i < n; i++) {
		uint32_t word = r->scratch[i];

		if (r->last[word] == r->package)
			continue;
		r->last[word] = r->package;
		if (r->packages[word] < 255)
			r->packages[word]++;
	}
}

static int count_words(void *context, const struct mpy_record *record)
{
	struct reading *r = context;
	struct mpy_text text;
	struct mpy_lex lex;
	size_t n;

	progress(r, "words");
	r->package = mpy_dataset_hash(record->package) | 1;
	if (mpy_text_read(record->data, record->size, &text))
		return -ENOMEM;
	mpy_lex_start(&lex, text.bytes, text.size);
	while ((n = mpy_lex_next(&lex, r->tokens, TOKENS_ROOM)))
		count_piece(r, &text, n);
	mpy_text_free(&text);
	return 0;
}

static int find_words(struct reading *r, const char *dir)
{
	uint32_t i, kept = 0;
	int result = mpy_corpus_each(dir, count_words, r);

	if (result)
		return result;
	for (i = 0; i < 1u << MPY_WORD_BITS; i++) {
		if (r->packages[i] < WORD_PACKAGES)
			continue;
		r->set->words[i >> 3] |= (uint8_t)(1u << (i & 7));
		kept++;
	}
	fprintf(stderr, "\rwords: %u known          \n", kept);
	return 0;
}

/* ---- blocks -------------------------------------------------------------- */

int mpy_dataset_by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* Sorts and drops repetitions; how many are left. */
static size_t distinct(uint32_t *p, size_t n)
{
	size_t i, kept = 0;

	qsort(p, n, sizeof(*p), mpy_dataset_by_number);
	for (i = 0; i < n; i++)
		if (!kept || p[kept - 1] != p[i])
			p[kept++] = p[i];
	return kept;
}

/*
 * Labels that the corpus itself doubts: single records, and files of larger
 * packages of which another file is the malicious one.
 */
static bool is_doubted(const struct mpy_record *record)
{
	static const char *const ids[] = { "t001951", "t006478", "t009670",
					   "t010845", "t017858", "t025250",
					   "t025335", "t029930", "t030625",
					   "t004354" };
	size_t i;

	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		if (!strcmp(record->id, ids[i]))
			return true;
	return !strncmp(record->evidence, "many-", 5);
}

/* How many agreed on a label ("sole-", "few-", "many-") makes no family. */
static uint32_t family(const struct mpy_record *record)
{
	static const char *const votes[] = { "sole-", "few-", "many-" };
	const char *reason = record->evidence;
	char name[128];
	size_t i;

	for (i = 0; i < sizeof(votes) / sizeof(votes[0]); i++)
		if (!strncmp(reason, votes[i], strlen(votes[i])))
			reason += strlen(votes[i]);
	snprintf(name, sizeof(name), "%s/%s", record->slice, reason);
	return mpy_dataset_hash(name);
}

static struct mpy_doc *current(struct reading *r)
{
	return &r->set->docs[r->set->n - 1];
}

/* A program or a layer begins: one doc more. */
static int start_unit(void *context, struct mpy_unit *unit)
{
	struct reading *r = context;
	const struct mpy_record *record = r->record;
	struct mpy_doc *doc;

	if (r->set->n == r->room) {
		r->room = r->room ? r->room * 2 : 8192;
		doc = realloc(r->set->docs, r->room * sizeof(*doc));
		if (!doc)
			return -ENOMEM;
		r->set->docs = doc;
	}
	r->set->n++;
	doc = current(r);
	memset(doc, 0, sizeof(*doc));
	if (r->owner == UINT32_MAX) {
		r->owner = (uint32_t)(r->set->n - 1);
		r->set->programs += !r->made;
	}
	doc->owner = r->owner;
	doc->made = r->made;
	doc->cut = r->cut;
	doc->own = record == &r->own;
	doc->doubted = is_doubted(record);
	doc->side = record->side;
	doc->literal = record->literal || r->cut;
	doc->edition = record->edition;
	doc->cluster = (uint32_t)record->cluster;
	doc->group = mpy_dataset_hash(*record->package ? record->package
						       : record->id);
	doc->family = family(record);
	snprintf(doc->id, sizeof(doc->id), "%s", record->id);
	r->used = 0;
	return 0;
}

static int add_blocks(void *context, struct mpy_unit *unit)
{
	struct reading *r = context;
	struct mpy_doc *doc = current(r);
	size_t first, end, n;
	uint32_t *ends;

	for (;;) {
		n = mpy_features_block(&unit->features, r->scratch + r->used,
				       NULL, &first, &end);
		if (first == end || r->used + n > WORDS_ROOM * 4)
			return 0;
		r->used += distinct(r->scratch + r->used, n);
		ends = realloc(doc->ends, (doc->n_blocks + 1) * sizeof(*ends));
		if (!ends)
			return -ENOMEM;
		doc->ends = ends;
		ends[doc->n_blocks++] = (uint32_t)r->used;
	}
}

static int end_unit(void *context, struct mpy_unit *unit)
{
	struct reading *r = context;
	struct mpy_doc *doc = current(r);
	double dense[MPY_DENSE_COUNT];
	unsigned int i;

	doc->buckets = malloc((r->used + 1) * sizeof(*doc->buckets));
	if (!doc->buckets)
		return -ENOMEM;
	memcpy(doc->buckets, r->scratch, r->used * sizeof(*doc->buckets));
	doc->tokens = (uint32_t)unit->n_tokens;
	mpy_dense_fill(unit->text.bytes, unit->text.size, unit->n_tokens,
		       &unit->features, unit->behaviours, dense);
	for (i = 0; i < MPY_DENSE_COUNT; i++)
		doc->dense[i] = (float)dense[i];
	if (!r->made && !unit->layer)
		r->acts = *unit->behaviours;
	return 0;
}

static const struct mpy_peel_ops block_ops = { .start = start_unit,
					       .piece = add_blocks,
					       .end = end_unit };

static int add_program(struct reading *r, const uint8_t *data, size_t size,
		       bool made)
{
	struct mpy_budget budget;

	r->made = made;
	if (!made)
		memset(&r->acts, 0, sizeof(r->acts));
	r->owner = UINT32_MAX;
	mpy_budget_init(&budget);
	return mpy_peel(data, size, r->set->words, &budget, &block_ops, r);
}

/*
 * Twisted copies: of harmless programs some packed and some blurred, of
 * malicious ones all blurred. (Packed malicious ones would only repeat what
 * is inside: layers are judged by themselves.)
 */
static int add_twisted(struct reading *r, const struct mpy_record *record)
{
	uint32_t seed = mpy_dataset_hash(record->id);
	uint32_t lot = (seed * 2654435761u) >> 28;
	size_t size;
	uint8_t *data;
	int result;

	if (record->side == MPY_DUALUSE || record->size > TWIST_MAX)
		return 0;
	if (record->side == MPY_MALWARE || lot < (record->literal ? 5 : 2))
		result = mpy_twist_blur(record->data, record->size, seed, &data,
					&size);
	else if (lot < (record->literal ? 10 : 4))
		result = mpy_twist_pack(record->data, record->size, seed, &data,
					&size);
	else
		return 0;
	if (result)
		return result;
	result = add_program(r, data, size, true);
	free(data);
	return result;
}

static int add_cut(struct reading *r, const uint8_t *data, size_t size,
		   uint32_t line, uint32_t seed)
{
	uint8_t *text;
	size_t text_size;
	int result = mpy_cut(data, size, line, seed, &text, &text_size);

	if (result || !text)
		return result;
	r->cut = true;
	result = add_program(r, text, text_size, true);
	r->cut = false;
	free(text);
	return result;
}

/*
 * Statements around what a program does: of malicious ones what hardly
 * anything harmless does, of others, not of all of them, anything.
 */
static int add_cuts(struct reading *r, const struct mpy_record *record,
		    const uint8_t *data, size_t size)
{
	const struct mpy_behaviours acts = r->acts;
	const bool bad = record->side == MPY_MALWARE;
	uint32_t seed = mpy_dataset_hash(record->id), before = 0, line;
	unsigned int least = bad ? 2 : 0, n, i, k;
	int result = 0;

	if (record->side == MPY_DUALUSE || record->literal || size > CUT_MAX ||
	    (!bad && seed % 16 >= CUT_HARMLESS))
		return 0;
	for (n = 0, i = 0; i < MPY_BEH_COUNT && n < CUTS && !result; i++) {
		k = (i + seed) % MPY_BEH_COUNT;
		line = acts.seen[k].line;
		if (!acts.seen[k].count || !line ||
		    mpy_behaviour_name(k)->strength < least ||
		    (n && line < before + CUT_APART &&
		     before < line + CUT_APART))
			continue;
		result = add_cut(r, data, size, line, seed + n);
		before = line;
		n++;
	}
	return result;
}

static int add_doc(void *context, const struct mpy_record *record)
{
	struct reading *r = context;
	int result;

	r->record = record;
	progress(r, "blocks");
	result = add_program(r, record->data, record->size, false);
	if (!result)
		result = add_cuts(r, record, record->data, record->size);
	return result ? result : add_twisted(r, record);
}

/* Takes the program of ours of size bytes: each is its own group. */
static int add_own(struct reading *r, const char *program, size_t size)
{
	struct mpy_record *record = &r->own;
	char id[32], *text;
	size_t text_size;
	int result;

	if (!size)
		return 0;
	result = mpy_hosts_replace(program, size, &text, &text_size);
	if (result)
		return result;
	record->cluster--; /* those of the corpus are positive */
	snprintf(id, sizeof(id), "o%06lld", (long long)-record->cluster);
	record->id = id;
	result = add_program(r, (const uint8_t *)text, text_size, false);
	if (!result)
		result = add_cuts(r, record, (const uint8_t *)text, text_size);
	free(text);
	record->id = "";
	return result;
}

/*
 * Short programs of our own, one a line; a line that begins with "| " goes on
 * with the program before (an empty one may be "|" alone).
 */
static int read_own(struct reading *r, FILE *in)
{
	char *line = NULL, *program = NULL;
	size_t line_room = 0, room = 0;
	ssize_t n = 1;
	FILE *out = open_memstream(&program, &room);
	int result = out ? 0 : -ENOMEM;

	while (!result && n > 0) {
		bool more;

		n = getline(&line, &line_room, in);
		more = n > 0 && line[0] == '|';
		if (!more) { /* the program before is whole */
			fflush(out);
			result = add_own(r, program, (size_t)ftello(out));
			rewind(out);
		}
		if (n > 0)
			fputs(line + (more ? 1 + (line[1] == ' ') : 0), out);
	}
	if (out)
		fclose(out);
	free(program);
	free(line);
	return result;
}

static int add_owns(struct reading *r, const char *path, enum mpy_side side)
{
	FILE *in = fopen(path, "r");
	int result;

	if (!in) {
		result = -errno;
		fprintf(stderr, "mpy-train: cannot read %s: %s\n", path,
			strerror(errno));
		return result;
	}
	r->own.side = side;
	r->record = &r->own;
	result = read_own(r, in);
	fclose(in);
	return result;
}

/* ---- groups: cluster or package in common, transitively ------------------ */

static uint32_t root(uint32_t *parent, uint32_t i)
{
	while (parent[i] != i)
		i = parent[i] = parent[parent[i]];
	return i;
}

struct key {
	uint32_t value;
	uint32_t doc;
};

static int by_key(const void *a, const void *b)
{
	const struct key *x = a, *y = b;

	if (x->value != y->value)
		return x->value < y->value ? -1 : 1;
	return x->doc < y->doc ? -1 : x->doc > y->doc;
}

static int make_groups(struct mpy_dataset *set)
{
	uint32_t *parent = malloc(set->n * sizeof(*parent)), i;
	struct key *keys = malloc(set->n * sizeof(*keys));
	unsigned int round;

	if (!parent || !keys) {
		free(parent);
		free(keys);
		return -ENOMEM;
	}
	for (i = 0; i < set->n; i++)
		parent[i] = i;
	for (round = 0; round < 2; round++) {
		for (i = 0; i < set->n; i++) {
			keys[i].value = round ? set->docs[i].cluster
					      : set->docs[i].group;
			keys[i].doc = i;
		}
		qsort(keys, set->n, sizeof(*keys), by_key);
		for (i = 1; i < set->n; i++)
			if (keys[i].value == keys[i - 1].value)
				parent[root(parent, keys[i].doc)] =
					root(parent, keys[i - 1].doc);
	}
	for (i = 0; i < set->n; i++)
		set->docs[i].group = root(parent, i);
	free(parent);
	free(keys);
	return 0;
}

/* ---- idf ----------------------------------------------------------------- */

static void count_doc(const struct mpy_doc *doc, uint32_t number,
		      uint32_t *count, uint32_t *last)
{
	uint32_t i, size = doc->n_blocks ? doc->ends[doc->n_blocks - 1] : 0;

	for (i = 0; i < size; i++) {
		uint32_t b = doc->buckets[i];

		if (last[b] == number)
			continue;
		last[b] = number;
		count[b]++;
	}
}

static int make_idf(struct mpy_dataset *set)
{
	uint32_t *count = calloc(MPY_BUCKETS, sizeof(*count));
	uint32_t *last = calloc(MPY_BUCKETS, sizeof(*last));
	uint32_t i, kept = 0;

	if (!count || !last) {
		free(count);
		free(last);
		return -ENOMEM;
	}
	for (i = 0; i < set->n; i++)
		if (!set->docs[i].made)
			count_doc(&set->docs[i], i + 1, count, last);
	for (i = 0; i < MPY_BUCKETS; i++) {
		double idf;

		if (count[i] < BUCKET_DOCS)
			continue;
		idf = log(((double)set->n + 1) / count[i]) * IDF_UNIT;
		set->idf[i] = (uint8_t)(idf < 1 ? 1 : idf > 255 ? 255 : idf);
		kept++;
	}
	free(count);
	free(last);
	fprintf(stderr, "buckets: %u used\n", kept);
	return 0;
}

int mpy_dataset_load(struct mpy_dataset *set, const char *dir,
		     const char *ordinary, const char *hostile)
{
	struct reading r = { .set = set,
			     .own = { .id = "",
				      .literal = true,
				      .edition = 1,
				      .source = "own",
				      .package = "",
				      .slice = "",
				      .evidence = "" } };
	int result = -ENOMEM;

	memset(set, 0, sizeof(*set));
	set->words = calloc(1, MPY_WORD_BYTES);
	set->idf = calloc(MPY_BUCKETS, 1);
	r.scratch = malloc((WORDS_ROOM * 4 + MPY_GRAMS_ROOM) *
			   sizeof(*r.scratch));
	r.tokens = malloc(TOKENS_ROOM * sizeof(*r.tokens));
	r.last = calloc(1u << MPY_WORD_BITS, sizeof(*r.last));
	r.packages = calloc(1u << MPY_WORD_BITS, 1);
	if (set->words && set->idf && r.tokens && r.scratch && r.last &&
	    r.packages)
		result = find_words(&r, dir);
	r.records = 0;
	if (!result)
		result = mpy_corpus_each(dir, add_doc, &r);
	if (!result)
		result = add_owns(&r, ordinary, MPY_BENIGN);
	if (!result)
		result = add_owns(&r, hostile, MPY_MALWARE);
	fprintf(stderr, "\rblocks: of %zu programs, %zu with their layers and "
			"twisted copies\n",
		set->programs, set->n);
	if (!result)
		result = make_groups(set);
	if (!result)
		result = make_idf(set);
	free(r.tokens);
	free(r.scratch);
	free(r.last);
	free(r.packages);
	return result;
}

void mpy_dataset_free(struct mpy_dataset *set)
{
	size_t i;

	for (i = 0; i < set->n; i++) {
		free(set->docs[i].ends);
		free(set->docs[i].buckets);
	}
	free(set->docs);
	free(set->words);
	free(set->idf);
}

size_t mpy_dataset_union(const struct mpy_dataset *set,
			 const struct mpy_doc *doc, uint32_t from, uint32_t to,
			 uint32_t *out)
{
	uint32_t start = from ? doc->ends[from - 1] : 0, i;
	size_t n = 0;

	for (i = start; to && i < doc->ends[to - 1]; i++)
		if (set->idf[doc->buckets[i]])
			out[n++] = doc->buckets[i];
	return to - from > 1 ? distinct(out, n) : n;
}
