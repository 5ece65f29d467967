/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wallet.h - is this word the address of a crypto currency's wallet? By its
 * check sum where it has one that needs no key.
 */
#ifndef MPY_JUDGE_WALLET_H
#define MPY_JUDGE_WALLET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bitcoin (base58check and bech32) or Ethereum (by shape). */
bool mpy_wallet_is(const uint8_t *word, size_t size);

#endif
