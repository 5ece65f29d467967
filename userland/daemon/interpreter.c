// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * interpreter.c - a small reader of ELF dynamic tables. Only what the loader
 * itself goes by is believed: program headers, PT_DYNAMIC and what it points
 * to; section headers may be stripped or lie. Every count is bounded and
 * every offset goes through pread, so a hostile image costs some reads.
 */
#include "daemon/interpreter.h"

#include <elf.h>
#include <endian.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PHDRS_MAX   128u
#define DYNAMIC_MAX 1024u
#define STRINGS_MAX (4u << 20)
#define SYMBOLS_MAX 200000u
#define BLOCK	    256u /* symbols read at once */
#define NEEDED_MAX  64u

struct image {
	const struct mpy_image_source *source;
	bool wide; /* ELFCLASS64 */
	Elf64_Phdr phdrs[PHDRS_MAX];
	unsigned int n_phdrs;
	uint64_t symtab, strtab, strsz, hash, gnu_hash; /* virtual addresses */
	uint64_t needed[NEEDED_MAX];			/* into strings */
	unsigned int n_needed;
	char *strings; /* strsz bytes and a NUL */
};

static bool read_at(const struct image *image, void *buffer, size_t size,
		    uint64_t offset)
{
	size_t got = 0;

	while (got < size) {
		ssize_t r = image->source->read(image->source->context,
						(char *)buffer + got,
						size - got, offset + got);

		if (r <= 0)
			return false;
		got += (size_t)r;
	}
	return true;
}

static bool read_phdr(struct image *image, uint64_t offset, Elf64_Phdr *out)
{
	Elf32_Phdr narrow;

	if (image->wide)
		return read_at(image, out, sizeof(*out), offset);
	if (!read_at(image, &narrow, sizeof(narrow), offset))
		return false;
	memset(out, 0, sizeof(*out));
	out->p_type = narrow.p_type;
	out->p_offset = narrow.p_offset;
	out->p_vaddr = narrow.p_vaddr;
	out->p_filesz = narrow.p_filesz;
	return true;
}

static bool read_headers(struct image *image)
{
	union {
		unsigned char ident[EI_NIDENT];
		Elf32_Ehdr narrow;
		Elf64_Ehdr wide;
	} head;
	const unsigned char order =
		__BYTE_ORDER == __LITTLE_ENDIAN ? ELFDATA2LSB : ELFDATA2MSB;
	uint64_t offset;
	unsigned int n, step, i;

	memset(&head, 0, sizeof(head));
	if (!read_at(image, &head, sizeof(head.narrow), 0))
		return false;
	if (memcmp(head.ident, ELFMAG, SELFMAG) ||
	    head.ident[EI_DATA] != order)
		return false;
	image->wide = head.ident[EI_CLASS] == ELFCLASS64;
	if (image->wide) {
		if (!read_at(image, &head, sizeof(head.wide), 0))
			return false;
		offset = head.wide.e_phoff;
		n = head.wide.e_phnum;
		step = head.wide.e_phentsize;
	} else if (head.ident[EI_CLASS] == ELFCLASS32) {
		offset = head.narrow.e_phoff;
		n = head.narrow.e_phnum;
		step = head.narrow.e_phentsize;
	} else {
		return false;
	}
	if (step != (image->wide ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr)))
		return false;
	image->n_phdrs = n < PHDRS_MAX ? n : PHDRS_MAX;
	for (i = 0; i < image->n_phdrs; i++)
		if (!read_phdr(image, offset + (uint64_t)i * step,
			       &image->phdrs[i]))
			return false;
	return true;
}

/* Virtual address to file offset; false if no segment's file part holds it. */
static bool to_offset(const struct image *image, uint64_t address,
		      uint64_t *offset)
{
	unsigned int i;

	for (i = 0; i < image->n_phdrs; i++) {
		const Elf64_Phdr *p = &image->phdrs[i];

		if (p->p_type != PT_LOAD || address < p->p_vaddr ||
		    address - p->p_vaddr >= p->p_filesz)
			continue;
		*offset = p->p_offset + (address - p->p_vaddr);
		return true;
	}
	return false;
}

static bool read_vaddr(const struct image *image, void *buffer, size_t size,
		       uint64_t address)
{
	uint64_t offset;

	return to_offset(image, address, &offset) &&
	       read_at(image, buffer, size, offset);
}

static bool read_entry(const struct image *image, uint64_t offset,
		       unsigned int i, uint64_t *tag, uint64_t *value)
{
	Elf32_Dyn narrow;
	Elf64_Dyn wide;

	if (image->wide) {
		if (!read_at(image, &wide, sizeof(wide),
			     offset + (uint64_t)i * sizeof(wide)))
			return false;
		*tag = (uint64_t)wide.d_tag;
		*value = wide.d_un.d_val;
		return true;
	}
	if (!read_at(image, &narrow, sizeof(narrow),
		     offset + (uint64_t)i * sizeof(narrow)))
		return false;
	*tag = (uint64_t)(int64_t)narrow.d_tag;
	*value = narrow.d_un.d_val;
	return true;
}

static void note_entry(struct image *image, uint64_t tag, uint64_t value)
{
	switch (tag) {
	case DT_NEEDED:
		if (image->n_needed < NEEDED_MAX)
			image->needed[image->n_needed++] = value;
		break;
	case DT_SYMTAB:
		image->symtab = value;
		break;
	case DT_STRTAB:
		image->strtab = value;
		break;
	case DT_STRSZ:
		image->strsz = value;
		break;
	case DT_HASH:
		image->hash = value;
		break;
	case DT_GNU_HASH:
		image->gnu_hash = value;
		break;
	}
}

static bool read_dynamic(struct image *image)
{
	uint64_t tag, value, size;
	unsigned int i, n;
	const Elf64_Phdr *p = NULL;

	for (i = 0; i < image->n_phdrs && !p; i++)
		if (image->phdrs[i].p_type == PT_DYNAMIC)
			p = &image->phdrs[i];
	if (!p)
		return false;
	size = image->wide ? sizeof(Elf64_Dyn) : sizeof(Elf32_Dyn);
	n = p->p_filesz / size < DYNAMIC_MAX ?
		    (unsigned int)(p->p_filesz / size) :
		    DYNAMIC_MAX;
	for (i = 0; i < n; i++) {
		if (!read_entry(image, p->p_offset, i, &tag, &value))
			break;
		if (tag == DT_NULL)
			break;
		note_entry(image, tag, value);
	}
	return image->strtab && image->strsz;
}

static bool read_strings(struct image *image)
{
	if (image->strsz > STRINGS_MAX)
		image->strsz = STRINGS_MAX;
	image->strings = malloc(image->strsz + 1);
	if (!image->strings)
		return false;
	image->strings[image->strsz] = '\0';
	return read_vaddr(image, image->strings, image->strsz, image->strtab);
}

/* The highest number in n buckets or links at address. */
static bool highest(const struct image *image, uint64_t address, uint32_t n,
		    uint32_t *top)
{
	uint32_t block[BLOCK], i, k, part;

	for (i = 0; i < n; i += part) {
		part = n - i < BLOCK ? n - i : BLOCK;
		if (!read_vaddr(image, block, part * sizeof(block[0]),
				address + i * sizeof(block[0])))
			return false;
		for (k = 0; k < part; k++)
			if (block[k] > *top)
				*top = block[k];
	}
	return true;
}

/* Symbols by the GNU hash table, counted as the loader walks it. */
static uint64_t count_gnu(const struct image *image)
{
	uint32_t head[4], top = 0, link; /* head: buckets, first, bloom, - */
	uint64_t at = image->gnu_hash + sizeof(head);

	if (!read_vaddr(image, head, sizeof(head), image->gnu_hash) ||
	    head[0] > SYMBOLS_MAX || head[2] > SYMBOLS_MAX ||
	    head[1] > SYMBOLS_MAX)
		return 0;
	at += (uint64_t)head[2] * (image->wide ? 8 : 4);
	if (!highest(image, at, head[0], &top))
		return 0;
	if (top < head[1])
		return head[1];
	at += 4ull * head[0];
	do { /* the last chain ends at a link with its lowest bit set */
		if (!read_vaddr(image, &link, sizeof(link),
				at + 4ull * (top - head[1])))
			break;
		top++;
	} while (!(link & 1) && top < SYMBOLS_MAX);
	return top;
}

static uint64_t count_symbols(const struct image *image)
{
	uint32_t head[2];
	uint64_t n = 0;
	size_t size = image->wide ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);

	if (image->hash && read_vaddr(image, head, sizeof(head), image->hash))
		n = head[1];
	if (n == 0 && image->gnu_hash)
		n = count_gnu(image);
	if (n == 0 && image->strtab > image->symtab) /* as linkers lay it */
		n = (image->strtab - image->symtab) / size;
	return n < SYMBOLS_MAX ? n : SYMBOLS_MAX;
}

static const char *string_at(const struct image *image, uint64_t offset)
{
	return offset < image->strsz ? image->strings + offset : "";
}

struct marks {
	bool defines_main, imports_main, defines_audit, pypy;
};

static void note_symbol(const struct image *image, uint64_t name,
			uint16_t section, struct marks *marks)
{
	const char *text = string_at(image, name);
	bool defined = section != SHN_UNDEF;

	if (text[0] != 'P' && text[0] != 'p')
		return;
	if (!strcmp(text, "Py_BytesMain") || !strcmp(text, "Py_Main")) {
		marks->defines_main |= defined;
		marks->imports_main |= !defined;
	} else if (!strcmp(text, "Py_RunMain")) {
		marks->imports_main |= !defined;
	} else if (!strcmp(text, "PySys_Audit")) {
		marks->defines_audit |= defined;
	} else if (!strcmp(text, "pypy_main_startup")) {
		marks->pypy = true;
	}
}

static void read_symbols(const struct image *image, struct marks *marks)
{
	union {
		Elf32_Sym narrow[BLOCK];
		Elf64_Sym wide[BLOCK];
	} block;
	size_t size = image->wide ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
	uint64_t n = count_symbols(image), part = BLOCK, i, k;

	for (i = 0; i < n; i += part) {
		if (part > n - i)
			part = n - i;
		while (!read_vaddr(image, &block, part * size,
				   image->symtab + i * size)) {
			part /= 2; /* the count may claim too much */
			if (part == 0)
				return;
		}
		for (k = 0; k < part; k++)
			if (image->wide)
				note_symbol(image, block.wide[k].st_name,
					    block.wide[k].st_shndx, marks);
			else
				note_symbol(image, block.narrow[k].st_name,
					    block.narrow[k].st_shndx, marks);
	}
}

static bool needs(const struct image *image, const char *prefix)
{
	unsigned int i;

	for (i = 0; i < image->n_needed; i++) {
		const char *name = string_at(image, image->needed[i]);
		const char *base = strrchr(name, '/');

		if (!strncmp(base ? base + 1 : name, prefix, strlen(prefix)))
			return true;
	}
	return false;
}

static enum mpy_image_class decide(const struct image *image)
{
	struct marks marks = { false, false, false, false };
	bool loads = needs(image, "libpython");

	read_symbols(image, &marks);
	if (marks.defines_main || marks.pypy || needs(image, "libpypy") ||
	    (loads && marks.imports_main))
		return MPY_IMAGE_LAUNCHES;
	return loads || marks.defines_audit ? MPY_IMAGE_EMBEDS :
					      MPY_IMAGE_FOREIGN;
}

enum mpy_image_class
mpy_interpreter_classify(const struct mpy_image_source *source)
{
	struct image *image = calloc(1, sizeof(*image));
	enum mpy_image_class found = MPY_IMAGE_FOREIGN;

	if (!image)
		return MPY_IMAGE_UNKNOWN;
	image->source = source;
	if (read_headers(image) && read_dynamic(image) && read_strings(image))
		found = decide(image);
	free(image->strings);
	free(image);
	return found;
}

static ssize_t read_fd(const void *context, void *buffer, size_t size,
		       uint64_t offset)
{
	ssize_t r;

	do {
		r = pread(*(const int *)context, buffer, size, (off_t)offset);
	} while (r < 0 && errno == EINTR);
	return r;
}

enum mpy_image_class mpy_interpreter_classify_fd(int fd)
{
	const struct mpy_image_source source = { read_fd, &fd };
	char probe;

	if (read_fd(&fd, &probe, 1, 0) < 0)
		return MPY_IMAGE_UNKNOWN;
	return mpy_interpreter_classify(&source);
}
