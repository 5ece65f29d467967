/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hash.h - SHA-256 (FIPS 180-4). The only user of libcrypto. */
#ifndef MPY_CORE_HASH_H
#define MPY_CORE_HASH_H

#include <stddef.h>
#include <stdint.h>

#define MPY_SHA256_HEX 65 /* 64 lower-case hex digits and NUL */
#define MPY_HASH_FILE_MAX (512ull << 20) /* larger files are not hashed */

struct mpy_hash;

/* Incremental form. begin: NULL without memory. end frees hash. */
struct mpy_hash *mpy_hash_begin(void);
int mpy_hash_add(struct mpy_hash *hash, const void *data, size_t size);
int mpy_hash_end(struct mpy_hash *hash, char hex[MPY_SHA256_HEX]);

/* Of size bytes at data. 0 or -EIO (libcrypto failed). */
int mpy_hash_bytes(const void *data, size_t size, char hex[MPY_SHA256_HEX]);

/*
 * Of the whole regular file behind fd, by pread(2) from offset 0; the file
 * position is not moved. *size = bytes hashed. 0; -EFBIG above
 * MPY_HASH_FILE_MAX; -ESTALE if the file changed its size meanwhile; -EINVAL
 * if it is no regular file; -errno. After an error hex is empty.
 */
int mpy_hash_fd(int fd, char hex[MPY_SHA256_HEX], uint64_t *size);

#endif
