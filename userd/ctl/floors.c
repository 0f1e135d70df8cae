// SPDX-License-Identifier: GPL-2.0-or-later
/* floors.c - the highest release of each name (see floors.h). */
#include "floors.h"

#include <errno.h>
#include <string.h>

#include "lib/host/device.h"
#include "lib/host/floors.h"
#include "lib/util/say.h"

/* ctl_keep_floor() - the release of this name that is in force is kept; it is said if the floor
 * cannot be */
void ctl_keep_floor(int device, const char *name, bool rollback)
{
	struct gth_floors list;
	int err = gth_device_floors(device, &list);
	const struct gth_floor *f = err ? NULL : gth_floors_find(&list, name);

	if (f)
		err = gth_floors_note(GTH_ROOT_STATE, f, rollback);
	if (err)
		gth_say("warning: " GTH_ROOT_STATE "/" GTH_FLOORS_FILE
			" cannot be written, so after a reboot an older table may be loaded: %s",
			err == -EPERM ? "others than root can write there" : strerror(-err));
}

/* ctl_floor() - the lowest version of this name that is loaded without a rollback; 0: any */
unsigned long long ctl_floor(int device, const char *name)
{
	struct gth_floors list;
	const struct gth_floor *f;

	if (gth_device_floors(device, &list))
		return 0;
	f = gth_floors_find(&list, name);
	return f ? f->version : 0;
}

/* ctl_floor_digest() - SHA-256 of the body of this release, if it is the highest one of its name.
 * Return: whether it is known; else it is set to zeros. */
bool ctl_floor_digest(int device, const char *name, unsigned long long version,
		      unsigned char digest[GTH_DIGEST_SIZE])
{
	struct gth_floors list;
	const struct gth_floor *f;

	memset(digest, 0, GTH_DIGEST_SIZE);
	f = gth_device_floors(device, &list) ? NULL : gth_floors_find(&list, name);
	if (!f || f->version != version)
		return false;
	memcpy(digest, f->body_digest, GTH_DIGEST_SIZE);
	return true;
}
