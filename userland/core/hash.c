// SPDX-License-Identifier: GPL-2.0-or-later
/* hash.c - SHA-256 by libcrypto. */

#include "core/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK (256u << 10) /* bytes per pread(2) */

struct mpy_hash {
	EVP_MD_CTX *context;
};

static void hex_digest(const unsigned char *digest, char hex[MPY_SHA256_HEX])
{
	static const char digits[] = "0123456789abcdef";
	int i;

	for (i = 0; i < 32; i++) {
		hex[2 * i] = digits[digest[i] >> 4];
		hex[2 * i + 1] = digits[digest[i] & 15];
	}
	hex[64] = '\0';
}

struct mpy_hash *mpy_hash_begin(void)
{
	struct mpy_hash *hash = malloc(sizeof(*hash));

	if (!hash)
		return NULL;
	hash->context = EVP_MD_CTX_new();
	if (!hash->context ||
	    EVP_DigestInit_ex(hash->context, EVP_sha256(), NULL) != 1) {
		EVP_MD_CTX_free(hash->context);
		free(hash);
		return NULL;
	}
	return hash;
}

int mpy_hash_add(struct mpy_hash *hash, const void *data, size_t size)
{
	return EVP_DigestUpdate(hash->context, data, size) == 1 ? 0 : -EIO;
}

int mpy_hash_end(struct mpy_hash *hash, char hex[MPY_SHA256_HEX])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	int r = 0;

	hex[0] = '\0';
	if (EVP_DigestFinal_ex(hash->context, digest, NULL) == 1)
		hex_digest(digest, hex);
	else
		r = -EIO;
	EVP_MD_CTX_free(hash->context);
	free(hash);
	return r;
}

int mpy_hash_bytes(const void *data, size_t size, char hex[MPY_SHA256_HEX])
{
	unsigned char digest[EVP_MAX_MD_SIZE];

	hex[0] = '\0';
	if (EVP_Digest(data, size, digest, NULL, EVP_sha256(), NULL) != 1)
		return -EIO;
	hex_digest(digest, hex);
	return 0;
}

/* Feeds the file to hash; *size = bytes read. */
static int add_file(struct mpy_hash *hash, int fd, uint64_t *size)
{
	unsigned char *block = malloc(BLOCK);
	uint64_t at = 0;
	ssize_t n;
	int r = 0;

	if (!block)
		return -ENOMEM;
	for (;;) {
		n = pread(fd, block, BLOCK, (off_t)at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		at += (uint64_t)n;
		/* it may grow while it is read, for ever */
		r = at > MPY_HASH_FILE_MAX ? -EFBIG :
					     mpy_hash_add(hash, block,
							  (size_t)n);
		if (r)
			break;
	}
	if (n < 0)
		r = -errno;
	free(block);
	*size = at;
	return r;
}

int mpy_hash_fd(int fd, char hex[MPY_SHA256_HEX], uint64_t *size)
{
	struct stat before, after;
	struct mpy_hash *hash;
	int r, end;

	hex[0] = '\0';
	*size = 0;
	if (fstat(fd, &before))
		return -errno;
	if (!S_ISREG(before.st_mode))
		return -EINVAL;
	if ((uint64_t)before.st_size > MPY_HASH_FILE_MAX)
		return -EFBIG;
	hash = mpy_hash_begin();
	if (!hash)
		return -ENOMEM;
	posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	r = add_file(hash, fd, size);
	end = mpy_hash_end(hash, hex);
	if (!r)
		r = end;
	if (!r && fstat(fd, &after))
		r = -errno;
	if (!r && (before.st_size != after.st_size ||
		   (uint64_t)after.st_size != *size))
		r = -ESTALE;
	if (r)
		hex[0] = '\0';
	return r;
}
