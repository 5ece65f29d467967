// SPDX-License-Identifier: GPL-2.0-or-later
/* migrations.c - the steps that make and change the database schema. */

#include "core/migrations.h"

const char *const mpy_migrations[] = {
	/* 1: findings, their runs, and what they hold. */
	"CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL)"
	" WITHOUT ROWID;"

	/* Bytes, once per digest (SHA-256 of data). */
	"CREATE TABLE contents("
	" no INTEGER PRIMARY KEY,"
	" digest BLOB NOT NULL UNIQUE CHECK(length(digest) = 32),"
	" data BLOB NOT NULL);"

	/* record: the part of the JSON that never changes, whose SHA-256 is
	 * digest. Times are nanoseconds since 1970. */
	"CREATE TABLE findings("
	" no INTEGER PRIMARY KEY,"
	" id TEXT NOT NULL UNIQUE,"
	" merge_key TEXT NOT NULL UNIQUE,"
	" observation INTEGER NOT NULL,"
	" severity INTEGER NOT NULL,"
	" slug TEXT NOT NULL,"
	" state TEXT NOT NULL DEFAULT 'active',"
	" first_ns INTEGER NOT NULL,"
	" last_ns INTEGER NOT NULL,"
	" occurrences INTEGER NOT NULL DEFAULT 1,"
	" digest TEXT NOT NULL,"
	" record TEXT NOT NULL);"
	"CREATE INDEX findings_by_time"
	" ON findings(observation, last_ns, no);"

	/* layer 0 is the script itself. */
	"CREATE TABLE finding_contents("
	" finding INTEGER NOT NULL REFERENCES findings(no) ON DELETE CASCADE,"
	" layer INTEGER NOT NULL,"
	" content INTEGER NOT NULL REFERENCES contents(no),"
	" PRIMARY KEY(finding, layer)) WITHOUT ROWID;"

	/* run: JSON, kept for the newest; the others only say who it was. */
	"CREATE TABLE runs("
	" no INTEGER PRIMARY KEY,"
	" finding INTEGER NOT NULL REFERENCES findings(no) ON DELETE CASCADE,"
	" pid INTEGER NOT NULL,"
	" start_ns INTEGER NOT NULL,"
	" run TEXT,"
	" UNIQUE(finding, pid, start_ns));"
	"CREATE INDEX runs_by_finding ON runs(finding, no);"

	/* Counting ten million rows takes seconds. */
	"CREATE TABLE counts(observation INTEGER PRIMARY KEY,"
	" n INTEGER NOT NULL);"
	"INSERT INTO counts VALUES(0, 0), (1, 0);"
	"CREATE TRIGGER count_up AFTER INSERT ON findings BEGIN"
	" UPDATE counts SET n = n + 1 WHERE observation = new.observation;"
	" END;"
	"CREATE TRIGGER count_down AFTER DELETE ON findings BEGIN"
	" UPDATE counts SET n = n - 1 WHERE observation = old.observation;"
	" END;",

	/* 2: what else a run with a finding opened is told in that finding. */
	"CREATE INDEX runs_by_process ON runs(pid, start_ns);"
	"CREATE TABLE related("
	" finding INTEGER NOT NULL REFERENCES findings(no) ON DELETE CASCADE,"
	" other INTEGER NOT NULL REFERENCES findings(no) ON DELETE CASCADE,"
	" PRIMARY KEY(finding, other)) WITHOUT ROWID;"
	"CREATE TABLE timeline("
	" no INTEGER PRIMARY KEY,"
	" finding INTEGER NOT NULL REFERENCES findings(no) ON DELETE CASCADE,"
	" time_ns INTEGER NOT NULL,"
	" what TEXT NOT NULL);"
	"CREATE INDEX timeline_by_finding ON timeline(finding, no);",

	/* 3: a list of the rare among millions reads the index alone. */
	"DROP INDEX findings_by_time;"
	"CREATE INDEX findings_by_time"
	" ON findings(observation, last_ns, no, severity, slug);",
};

const unsigned int mpy_migrations_count =
	sizeof(mpy_migrations) / sizeof(mpy_migrations[0]);
