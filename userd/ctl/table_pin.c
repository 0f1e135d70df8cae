// SPDX-License-Identifier: GPL-2.0-or-later
/* table_pin.c - gotthardctl table pin, unpin: no update goes above a version (see table_update.h).
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "table_history.h"
#include "table_update.h"
#include "lib/host/device.h"
#include "lib/host/floors.h"
#include "lib/util/clock.h"
#include "lib/util/login.h"
#include "lib/util/say.h"
#include "lib/util/visible.h"

#define PIN GTH_ROOT_STATE "/" GTH_PIN_FILE

static int say_pin(int err)
{
	gth_say(PIN ": %s", err == -EPERM     ? "others than root can write there"
			    : err == -EBADMSG ? "is damaged: gotthardctl table unpin removes it"
					      : strerror(-err));
	return CTL_FAILED;
}

/**
 * ctl_pin() - updates of the table in force stop at a version
 * @act: why
 * @version: not below that in force
 *
 * Return: an exit status.
 */
int ctl_pin(int device, struct gth_history_act *act, uint64_t version)
{
	struct gth_info i;
	int err = gth_device_info(device, &i);

	if (err || !i.table_version) {
		gth_say("%s", err ? strerror(-err) : "no table is loaded, so none can be pinned");
		return CTL_FAILED;
	}
	if (version < i.table_version) {
		gth_say("version %llu is in force: gotthardctl table rollback goes back, and pin "
			"holds what is in force then",
			(unsigned long long)i.table_version);
		return CTL_FAILED;
	}
	act->kind = GTH_HISTORY_PIN;
	act->time = gth_now();
	act->uid = gth_login_uid();
	snprintf(act->name, sizeof(act->name), "%s", i.name);
	act->version = version;
	err = gth_pin_set(GTH_ROOT_STATE, act);
	if (err)
		return say_pin(err);
	i.table_version = version;
	ctl_history_record(device, GTH_HISTORY_PIN, &i, act);
	printf("%s is pinned to version %llu\n", gth_shown(i.name), (unsigned long long)version);
	return CTL_OK;
}

/* ctl_unpin() - updates go on; an exit status */
int ctl_unpin(int device, struct gth_history_act *act)
{
	struct gth_info table = { 0 };
	struct gth_history_act pin;
	int known = gth_pin_load(GTH_ROOT_STATE, &pin), err;

	/* A pin that is damaged is removed too: that is the way out. */
	err = known == -ENOENT ? -ENOENT : gth_pin_set(GTH_ROOT_STATE, NULL);
	if (err == -ENOENT) {
		gth_say("nothing is pinned");
		return CTL_OK;
	}
	if (err)
		return say_pin(err);
	if (!known) {
		memcpy(table.name, pin.name, sizeof(table.name));
		table.table_version = pin.version;
	}
	ctl_history_record(device, GTH_HISTORY_UNPIN, &table, act);
	puts("unpinned");
	return CTL_OK;
}
