// SPDX-License-Identifier: GPL-2.0-or-later
/* store_statements.c - everything that the store says to the database. */

#include "core/store_inside.h"

/* Columns that store_read.c makes a finding of. */
#define COLUMNS "f.no, f.record, f.state, f.first_ns, f.last_ns, " \
		"f.occurrences, f.digest"
#define KIND   "f.observation = ?1 AND f.last_ns <= ?3 AND f.severity >= ?4 " \
	       "AND (?5 IS NULL OR f.slug = ?5) AND f.no > ?6"
#define WANTED KIND " AND f.last_ns >= ?2"

const char *const mpy_store_statements[MPY_SQL_COUNT] = {
	[MPY_SQL_BEGIN] =
		"BEGIN IMMEDIATE",
	[MPY_SQL_COMMIT] =
		"COMMIT",
	[MPY_SQL_ROLLBACK] =
		"ROLLBACK",
	[MPY_SQL_SAVE] =
		"SAVEPOINT one",
	[MPY_SQL_RELEASE] =
		"RELEASE one",
	[MPY_SQL_UNSAVE] =
		"ROLLBACK TO one",
	[MPY_SQL_FIND] =
		"SELECT no, id FROM findings WHERE merge_key = ?1",
	[MPY_SQL_ADD] =
		"INSERT INTO findings(id, merge_key, observation, severity, "
		"slug, first_ns, last_ns, digest, record) "
		"VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7, ?8)",
	[MPY_SQL_MERGE] =
		"UPDATE findings SET occurrences = occurrences + 1, "
		"first_ns = min(first_ns, ?2), last_ns = max(last_ns, ?2) "
		"WHERE no = ?1",
	[MPY_SQL_ADD_RUN] =
		"INSERT INTO runs(finding, pid, start_ns, run) "
		"VALUES(?1, ?2, ?3, ?4) "
		"ON CONFLICT(finding, pid, start_ns) DO NOTHING",
	[MPY_SQL_TRIM_RUNS] =
		"UPDATE runs SET run = NULL WHERE no = (SELECT no "
		"FROM runs WHERE finding = ?1 ORDER BY no DESC "
		"LIMIT 1 OFFSET ?2)",
	[MPY_SQL_FORGET_RUNS] =
		"DELETE FROM runs WHERE no = (SELECT no "
		"FROM runs WHERE finding = ?1 ORDER BY no DESC "
		"LIMIT 1 OFFSET ?2)",
	[MPY_SQL_ADD_CONTENT] =
		"INSERT INTO contents(digest, data) VALUES(?1, ?2) "
		"ON CONFLICT(digest) DO NOTHING",
	[MPY_SQL_LINK_CONTENT] =
		"INSERT INTO finding_contents(finding, layer, "
		"content) SELECT ?1, ?2, no FROM contents "
		"WHERE digest = ?3",
	[MPY_SQL_LIST] =
		"SELECT " COLUMNS " FROM findings f WHERE " WANTED
		" ORDER BY f.last_ns, f.no",
	[MPY_SQL_LIST_NEWEST] =
		/* from the first of them on: nothing but two numbers of each
		 * is sorted */
		"SELECT " COLUMNS " FROM findings f WHERE " KIND
		" AND (f.last_ns, f.no) >= (SELECT last_ns, no FROM (SELECT "
		"f.last_ns AS last_ns, f.no AS no FROM findings f WHERE " WANTED
		" ORDER BY f.last_ns DESC, f.no DESC LIMIT ?7) "
		"ORDER BY last_ns, no LIMIT 1) ORDER BY f.last_ns, f.no",
	[MPY_SQL_BY_PREFIX] =
		"SELECT " COLUMNS " FROM findings f "
		"WHERE f.id >= ?1 AND f.id < ?1 || '{' LIMIT 2",
	[MPY_SQL_CONTENTS_OF] =
		"SELECT l.layer, c.data FROM finding_contents l "
		"JOIN contents c ON c.no = l.content "
		"WHERE l.finding = ?1",
	[MPY_SQL_RUNS_OF] =
		"SELECT run FROM (SELECT no, run FROM runs "
		"WHERE finding = ?1 ORDER BY no DESC LIMIT ?2) "
		"WHERE run IS NOT NULL ORDER BY no",
	[MPY_SQL_COUNTS] =
		"SELECT observation, n FROM counts",
	[MPY_SQL_LAST] =
		"SELECT id, last_ns FROM findings WHERE observation = 0 "
		"ORDER BY last_ns DESC, no DESC LIMIT 1",
	[MPY_SQL_MAIN_OF] =
		"SELECT f.no FROM runs r JOIN findings f "
		"ON f.no = r.finding WHERE r.pid = ?1 AND r.start_ns = ?2 "
		"AND f.observation = 0 ORDER BY f.no DESC LIMIT 1",
	[MPY_SQL_RELATE] =
		"INSERT INTO related(finding, other) SELECT ?1, ?2 "
		"WHERE (SELECT count(*) FROM related WHERE finding = ?1) < ?3 "
		"ON CONFLICT DO NOTHING",
	[MPY_SQL_NOTE] =
		"INSERT INTO timeline(finding, time_ns, what) "
		"VALUES(?1, ?2, ?3)",
	[MPY_SQL_RELATED_OF] =
		"SELECT f.id FROM related r JOIN findings f "
		"ON f.no = r.other WHERE r.finding = ?1 ORDER BY f.no",
	[MPY_SQL_TIMELINE_OF] =
		"SELECT time_ns, what FROM timeline WHERE finding = ?1 "
		"ORDER BY no",
};
