// SPDX-License-Identifier: GPL-2.0-or-later
/* Opening the database of findings; see record.h. */
#include "cli/record.h"

#include <errno.h>
#include <stdlib.h>

#include "cli/cli.h"
#include "core/store.h"

/* What to do about it, behind the store's own sentence. */
static const char *advice(int outcome)
{
	switch (outcome) {
	case MPY_STORE_CORRUPT:
		return "; stop mpyd, keep the file as evidence and restore a "
		       "copy";
	case MPY_STORE_NEWER:
		return "; it was left alone: use the mpyctl of that version";
	case MPY_STORE_FOREIGN:
		return "; the database of mpy is elsewhere (other place: --db "
		       "FILE)";
	case MPY_STORE_BUSY:
		return "; try again";
	case -ENOENT:
		return "; mpyd creates it when it first runs (other place: "
		       "--db FILE)";
	case -EACCES:
		return "; root and members of the group mpy may read it";
	default:
		return "";
	}
}

struct mpy_store *mpy_record_open(const struct mpy_cli *cli)
{
	struct mpy_store *store = NULL;
	char why[1024] = "", *safe;
	int outcome = mpy_store_open(cli->database, MPY_STORE_READ, &store, why,
				     sizeof(why));

	if (!outcome)
		return store;
	safe = mpy_output_safe(why);
	mpy_cli_error("%s%s", safe, advice(outcome));
	free(safe);
	return NULL;
}
