// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * SIGHUP: configuration and model are loaded again, all or nothing. The worker
 * decides, since the new judge may not start.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "daemon/daemon_inside.h"
#include "daemon/service.h"

static void end_reload(struct daemon *daemon)
{
	if (!daemon->reloading)
		return;
	mpy_config_free(daemon->reloading);
	free(daemon->reloading);
	daemon->reloading = NULL;
	mpy_service_ready("watching");
}

static int read_again(struct daemon *daemon, char *why, size_t why_size)
{
	struct mpy_config *fresh = calloc(1, sizeof(*fresh));
	int r = fresh ? mpy_config_defaults(fresh) : -ENOMEM;

	if (r < 0) {
		free(fresh);
		snprintf(why, why_size, "out of memory");
		return r;
	}
	daemon->reloading = fresh;
	r = mpy_config_load(fresh, daemon->options->config_path, why, why_size);
	if (r < 0 && r != -ENOENT)
		return r;
	return mpy_bundle_find(daemon->options->bundle, fresh->bundle,
			       daemon->reloading_bundle,
			       sizeof(daemon->reloading_bundle), why, why_size);
}

void mpyd_begin_reload(struct daemon *daemon)
{
	struct mpy_pipeline_settings settings;
	char why[600] = "";

	if (daemon->reloading) {
		mpy_log(MPY_LOG_WARNING, "a reload is under way already");
		return;
	}
	mpy_service_reloading();
	if (read_again(daemon, why, sizeof(why)) == 0) {
		settings = mpyd_settings(daemon->reloading,
				       daemon->reloading_bundle);
		if (mpy_worker_reload(daemon->worker, &settings))
			return;
		snprintf(why, sizeof(why), "out of memory");
	}
	mpy_log(MPY_LOG_ERROR, "reload refused, nothing is changed: %s", why);
	end_reload(daemon);
}

/* The worker has the new judge: the rest cannot fail. */
static void finish_reload(struct daemon *daemon)
{
	struct mpy_config *fresh = daemon->reloading;
	struct mpy_config old = *daemon->config;

	if (strcmp(old.control, fresh->control) ||
	    strcmp(old.group, fresh->group) ||
	    (!daemon->options->database &&
	     strcmp(old.database, fresh->database)))
		mpy_log(MPY_LOG_WARNING, "database, control and group are taken"
			" over at the next start only");
	*daemon->config = *fresh;
	*fresh = old;
	/* What is in use goes on to be in use. */
	free(daemon->config->database);
	free(daemon->config->control);
	daemon->config->database = old.database;
	fresh->database = NULL;
	daemon->config->control = old.control;
	fresh->control = NULL;
	memcpy(daemon->bundle, daemon->reloading_bundle,
	       sizeof(daemon->bundle));
	mpy_log_setup("mpyd", daemon->config->log_level,
		      mpy_service_has_journal());
	mpy_scout_set_multiplier(daemon->scout,
				 daemon->config->deadline_multiplier);
	__atomic_store_n(&daemon->hello_again, true, __ATOMIC_RELEASE);
	mpy_log(MPY_LOG_NOTICE, "configuration and model are loaded again");
}

void mpyd_check_reload(struct daemon *daemon)
{
	char why[300];
	int r;

	if (!daemon->reloading)
		return;
	r = mpy_worker_reloaded(daemon->worker, why, sizeof(why));
	if (r == 0)
		return;
	if (r < 0)
		mpy_log(MPY_LOG_ERROR, "reload refused, nothing is changed: %s",
			why);
	else
		finish_reload(daemon);
	end_reload(daemon);
}
