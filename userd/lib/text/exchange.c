// SPDX-License-Identifier: GPL-2.0-or-later
/* exchange.c - words of exchange.h. */
#include "lib/text/exchange.h"

#include <linux/gotthard.h>

static const char *const findings[GTH_FINDINGS] = {
	[GTH_FINDING_UNKNOWN] = "unknown",
	[GTH_FINDING_BENIGN] = "benign",
	[GTH_FINDING_SUSPICIOUS] = "suspicious",
	[GTH_FINDING_MALICIOUS] = "malicious",
};

static const char *const classes[GTH_D_MAX] = {
#define X(id, ...) [GTH_##id] = #id,
	GTH_DATA_CLASSES(X)
#undef X
};

const char *gth_finding_name(enum gth_finding finding)
{
	return finding < GTH_FINDINGS ? findings[finding] : "?";
}

/* gth_finding_class() - the class for the kernel: enum gth_class */
int gth_finding_class(enum gth_finding finding)
{
	switch (finding) {
	case GTH_FINDING_MALICIOUS:
		return GTH_CLASS_MALICIOUS;
	case GTH_FINDING_SUSPICIOUS:
		return GTH_CLASS_SUSPICIOUS;
	case GTH_FINDING_BENIGN:
		return GTH_CLASS_TRUSTED;
	default:
		return GTH_CLASS_UNKNOWN;
	}
}

const char *gth_data_class_name(enum gth_data_class class)
{
	return class > GTH_D_NONE && class < GTH_D_MAX ? classes[class] : "?";
}

/* gth_data_class_is_file() - may a file be of this class? Any number is allowed */
bool gth_data_class_is_file(int class)
{
	static const bool files[GTH_D_MAX] = {
#define X(id, name, initial, file) [GTH_##id] = file,
		GTH_DATA_CLASSES(X)
#undef X
	};

	return class > GTH_D_NONE && class < GTH_D_MAX && files[class];
}
