// SPDX-License-Identifier: GPL-2.0-or-later
/* class.c - the classes by name. */
#include <errno.h>
#include <linux/gotthard.h>
#include <string.h>

#include "sigtool/sigtool.h"

static const char *const names[GTH_CLASS_MAX] = {
	[GTH_CLASS_UNKNOWN] = "unknown",
	[GTH_CLASS_TRUSTED] = "trusted",
	[GTH_CLASS_SUSPICIOUS] = "suspicious",
	[GTH_CLASS_MALICIOUS] = "malicious",
};

const char *class_name(unsigned int class)
{
	return class < GTH_CLASS_MAX ? names[class] : "invalid";
}

/* Return: the class that a record can have, or -EINVAL. */
int class_parse(const char *text, unsigned int len)
{
	for (int i = GTH_CLASS_UNKNOWN + 1; i < GTH_CLASS_MAX; i++)
		if (strlen(names[i]) == len && !memcmp(names[i], text, len))
			return i;
	return -EINVAL;
}
