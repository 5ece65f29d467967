/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * evidence.h - the contents of a script or layer as text: numbered lines
 * around those that the reasons name, printable, defanged, bounded.
 */
#ifndef MPY_CLI_EVIDENCE_H
#define MPY_CLI_EVIDENCE_H

#include <stdbool.h>

struct mpy_json;
struct mpy_output;

/*
 * unit is a finding's script or one of its layers, with contents and
 * contents_encoding; index is 0 or the layer's. full: every line, whole.
 */
void mpy_evidence_print(const struct mpy_output *out,
			const struct mpy_json *finding,
			const struct mpy_json *unit, unsigned int index,
			bool full);

#endif
