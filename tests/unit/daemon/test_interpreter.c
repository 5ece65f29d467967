// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * test_interpreter.c - images made by hand: an ELF with a dynamic table, its
 * symbols and strings, in all the forms that matter; then damaged ones; then
 * this very program and, where there is one, the host's Python.
 */
#include "daemon/interpreter.h"

#include <elf.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "../test.h"

struct image {
	Elf64_Ehdr head;
	Elf64_Phdr phdrs[2];
	Elf64_Dyn dynamic[8];
	uint32_t hash[8];
	Elf64_Sym symbols[3];
	char strings[128];
};

#define VADDR 0x400000u
#define ADDRESS(member) (VADDR + offsetof(struct image, member))

static ssize_t read_image(const void *context, void *buffer, size_t size,
			  uint64_t offset)
{
	size_t left;

	if (offset >= sizeof(struct image))
		return 0;
	left = sizeof(struct image) - offset;
	if (size > left)
		size = left;
	memcpy(buffer, (const char *)context + offset, size);
	return (ssize_t)size;
}

static enum mpy_image_class classify(const struct image *image)
{
	const struct mpy_image_source source = { read_image, image };

	return mpy_interpreter_classify(&source);
}

static void dynamic(struct image *image, int i, int64_t tag, uint64_t value)
{
	image->dynamic[i].d_tag = tag;
	image->dynamic[i].d_un.d_val = value;
}

/* needed and symbol may be "". */
static struct image make(const char *needed, const char *symbol, bool defined)
{
	struct image image;
	size_t at = 1;

	memset(&image, 0, sizeof(image));
	memcpy(image.head.e_ident, ELFMAG, SELFMAG);
	image.head.e_ident[EI_CLASS] = ELFCLASS64;
	image.head.e_ident[EI_DATA] = ELFDATA2LSB;
	image.head.e_phoff = offsetof(struct image, phdrs);
	image.head.e_phnum = 2;
	image.head.e_phentsize = sizeof(Elf64_Phdr);
	image.phdrs[0].p_type = PT_LOAD;
	image.phdrs[0].p_vaddr = VADDR;
	image.phdrs[0].p_filesz = sizeof(image);
	image.phdrs[1].p_type = PT_DYNAMIC;
	image.phdrs[1].p_offset = offsetof(struct image, dynamic);
	image.phdrs[1].p_filesz = sizeof(image.dynamic);
	memcpy(image.strings + at, symbol, strlen(symbol) + 1);
	image.symbols[1].st_name = (uint32_t)at;
	image.symbols[1].st_shndx = defined ? 5 : SHN_UNDEF;
	at += strlen(symbol) + 1;
	memcpy(image.strings + at, needed, strlen(needed) + 1);
	dynamic(&image, 0, DT_SYMTAB, ADDRESS(symbols));
	dynamic(&image, 1, DT_STRTAB, ADDRESS(strings));
	dynamic(&image, 2, DT_STRSZ, sizeof(image.strings));
	dynamic(&image, 3, DT_NEEDED, at);
	dynamic(&image, 4, DT_HASH, ADDRESS(hash));
	image.hash[0] = 1;
	image.hash[1] = 3;
	return image;
}

static void images_are_told_by_their_symbols(void)
{
	struct image image = make("libc.so.6", "Py_BytesMain", true);

	CHECK(classify(&image) == MPY_IMAGE_LAUNCHES);
	image = make("libc.so.6", "Py_BytesMain", false);
	CHECK(classify(&image) == MPY_IMAGE_FOREIGN);
	image = make("libc.so.6", "Py_Main", true);
	CHECK(classify(&image) == MPY_IMAGE_LAUNCHES);
	image = make("libpython3.11.so.1.0", "Py_BytesMain", false);
	CHECK(classify(&image) == MPY_IMAGE_LAUNCHES);
	image = make("libpython3.11.so.1.0", "Py_InitializeEx", false);
	CHECK(classify(&image) == MPY_IMAGE_EMBEDS);
	image = make("/opt/x/libpython3.9.so", "printf", false);
	CHECK(classify(&image) == MPY_IMAGE_EMBEDS);
	image = make("libc.so.6", "PySys_Audit", true);
	CHECK(classify(&image) == MPY_IMAGE_EMBEDS);
	image = make("libpypy3-c.so", "pypy_main_startup", false);
	CHECK(classify(&image) == MPY_IMAGE_LAUNCHES);
	image = make("libc.so.6", "printf", false);
	CHECK(classify(&image) == MPY_IMAGE_FOREIGN);
	image = make("libc.so.6", "Py_BytesMainX", true);
	CHECK(classify(&image) == MPY_IMAGE_FOREIGN);
}

static void symbols_are_found_without_a_hash_table(void)
{
	struct image image = make("libc.so.6", "Py_BytesMain", true);

	image.dynamic[4].d_tag = DT_NULL;
	CHECK(classify(&image) == MPY_IMAGE_LAUNCHES);
	image.dynamic[4].d_tag = DT_GNU_HASH;
	memcpy(image.hash, (uint32_t[]){ 1, 1, 0, 0, 1, 2, 3, 0 }, 32);
	CHECK(classify(&image) == MPY_IMAGE_LAUNCHES);
}

static void damaged_images_are_foreign(void)
{
	struct image image = make("libc.so.6", "Py_BytesMain", true);

	image.head.e_ident[EI_DATA] = ELFDATA2MSB;
	CHECK(classify(&image) == MPY_IMAGE_FOREIGN);
	image = make("libc.so.6", "Py_BytesMain", true);
	image.head.e_phnum = 65535;
	CHECK(classify(&image) == MPY_IMAGE_FOREIGN);
	image = make("libc.so.6", "Py_BytesMain", true);
	image.dynamic[2].d_un.d_val = UINT64_MAX;
	CHECK(classify(&image) == MPY_IMAGE_FOREIGN);
	image = make("libc.so.6", "Py_BytesMain", true);
	image.symbols[1].st_name = UINT32_MAX;
	CHECK(classify(&image) == MPY_IMAGE_FOREIGN);
	image = make("libc.so.6", "Py_BytesMain", true);
	image.hash[1] = UINT32_MAX;
	CHECK(classify(&image) == MPY_IMAGE_LAUNCHES);
	memset(&image, 0, sizeof(image));
	CHECK(classify(&image) == MPY_IMAGE_FOREIGN);
}

static void this_program_is_foreign(void)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	CHECK(mpy_interpreter_classify_fd(fd) == MPY_IMAGE_FOREIGN);
	close(fd);
	CHECK(mpy_interpreter_classify_fd(fd) == MPY_IMAGE_UNKNOWN);
}

static void the_hosts_python_launches(void)
{
	int fd = open("/usr/bin/python3", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		SKIP("no /usr/bin/python3 here");
	CHECK(mpy_interpreter_classify_fd(fd) == MPY_IMAGE_LAUNCHES);
	close(fd);
}

int main(void)
{
	RUN(images_are_told_by_their_symbols);
	RUN(symbols_are_found_without_a_hash_table);
	RUN(damaged_images_are_foreign);
	RUN(this_program_is_foreign);
	RUN(the_hosts_python_launches);
	return DONE();
}
