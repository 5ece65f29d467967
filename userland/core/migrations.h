/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * migrations.h - the database schema as a list of steps. Step n leads from
 * user_version n to n + 1. Steps are only ever appended: databases in the
 * field went through the ones above. Each new step comes with
 * tests/golden/schema-N.sql, a dump of the schema before it.
 */
#ifndef MPY_CORE_MIGRATIONS_H
#define MPY_CORE_MIGRATIONS_H

#define MPY_APPLICATION_ID 0x6d707931 /* "mpy1", in the file's header */

extern const char *const mpy_migrations[];
extern const unsigned int mpy_migrations_count;

#endif
