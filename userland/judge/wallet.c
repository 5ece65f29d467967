// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Addresses of wallets. Base58check carries four bytes of a double SHA-256,
 * bech32 a polynomial; both make a chance match all but impossible. The
 * SHA-256 here serves nothing else: the judge knows no foreign library.
 */
#include "wallet.h"

#include <string.h>

static const uint32_t constants[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
	0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
	0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
	0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
	0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
	0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
	0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
	0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2
};

static uint32_t turn(uint32_t x, unsigned int n)
{
	return x >> n | x << (32 - n);
}

/* SHA-256 of at most 55 bytes: one block. */
static void digest(const uint8_t *data, size_t size, uint8_t *out)
{
	uint32_t h[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
			  0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
	uint8_t block[64] = { 0 };
	uint32_t w[64], s[8];

	memcpy(block, data, size);
	block[size] = 0x80;
	block[62] = (uint8_t)(size >> 5);
	block[63] = (uint8_t)(size << 3);
	for (unsigned int i = 0; i < 16; i++)
		w[i] = (uint32_t)block[4 * i] << 24 |
		       (uint32_t)block[4 * i + 1] << 16 |
		       (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
	for (unsigned int i = 16; i < 64; i++)
		w[i] = w[i - 16] + w[i - 7] +
		       (turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^
			w[i - 15] >> 3) +
		       (turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^
			w[i - 2] >> 10);
	memcpy(s, h, sizeof(s));
	for (unsigned int i = 0; i < 64; i++) {
		uint32_t a = s[7] + constants[i] + w[i] +
			     (turn(s[4], 6) ^ turn(s[4], 11) ^ turn(s[4], 25)) +
			     ((s[4] & s[5]) ^ (~s[4] & s[6]));
		uint32_t b = (turn(s[0], 2) ^ turn(s[0], 13) ^
			      turn(s[0], 22)) +
			     ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));

		memmove(s + 1, s, 7 * sizeof(*s));
		s[4] += a;
		s[0] = a + b;
	}
	for (unsigned int i = 0; i < 32; i++)
		out[i] = (uint8_t)((h[i / 4] + s[i / 4]) >> (24 - i % 4 * 8));
}

static bool is_base58(const uint8_t *word, size_t size)
{
	static const char alphabet[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
				       "abcdefghijkmnopqrstuvwxyz";
	uint8_t bytes[25] = { 0 }, sum[32];

	for (size_t i = 0; i < size; i++) {
		const char *at = memchr(alphabet, word[i], 58);
		unsigned int carry;

		if (!at)
			return false;
		carry = (unsigned int)(at - alphabet);
		for (unsigned int k = 25; k-- > 0;) {
			carry += 58u * bytes[k];
			bytes[k] = (uint8_t)carry;
			carry >>= 8;
		}
		if (carry)
			return false;
	}
	digest(bytes, 21, sum);
	digest(sum, 32, sum);
	return !memcmp(sum, bytes + 21, 4);
}

static bool is_bech32(const uint8_t *word, size_t size)
{
	static const char alphabet[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
	static const uint32_t generator[5] = { 0x3b6a57b2, 0x26508e6d,
					       0x1ea119fa, 0x3d4233dd,
					       0x2a1462b3 };
	/* "bc": high bits, zero, low bits */
	uint8_t values[100] = { 3, 3, 0, 2, 3 };
	uint32_t sum = 1;
	size_t n = 5;

	for (size_t i = 3; i < size; i++) {
		const char *at = memchr(alphabet, word[i], 32);

		if (!at)
			return false;
		values[n++] = (uint8_t)(at - alphabet);
	}
	for (size_t i = 0; i < n; i++) {
		uint32_t top = sum >> 25;

		sum = (sum & 0x1ffffff) << 5 ^ values[i];
		for (unsigned int k = 0; k < 5; k++)
			if (top >> k & 1)
				sum ^= generator[k];
	}
	return sum == 1 || sum == 0x2bc830a3;
}

static bool is_hex(uint8_t c)
{
	return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'f');
}

static bool is_ethereum(const uint8_t *word, size_t size)
{
	unsigned int kinds = 0;

	if (size != 42 || word[1] != 'x')
		return false;
	for (size_t i = 2; i < size; i++) {
		if (!is_hex(word[i]))
			return false;
		kinds |= 1u << (word[i] & 15);
	}
	/* not a row of zeros */
	return __builtin_popcount(kinds) > 4;
}

bool mpy_wallet_is(const uint8_t *word, size_t size)
{
	if (size < 26 || size > 90)
		return false;
	if (word[0] == '0')
		return is_ethereum(word, size);
	if ((word[0] == '1' || word[0] == '3') && size <= 35)
		return is_base58(word, size);
	if (size >= 42 && !memcmp(word, "bc1", 3))
		return is_bech32(word, size);
	return false;
}
