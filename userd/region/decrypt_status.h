/* SPDX-License-Identifier: GPL-2.0-or-later */
/* decrypt_status.h - between the server and the process that decrypts. */
#ifndef REGION_DECRYPT_STATUS_H
#define REGION_DECRYPT_STATUS_H

#include "region/child.h"

enum {
	REGION_DECRYPT_DONE = 0,
	REGION_DECRYPT_DAMAGED = 10,
	REGION_DECRYPT_OTHER_KEY,
	REGION_DECRYPT_TOO_LARGE,
	REGION_DECRYPT_NO_SPACE,
	REGION_DECRYPT_BROKEN = REGION_CHILD_BROKEN,
};

#endif /* REGION_DECRYPT_STATUS_H */
