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

static const char *const classes[] = { NULL, "D1", "D2", "D3", "D4", "D5" };

const char *gth_finding_name(enum gth_finding finding)
{
	return finding < GTH_FINDINGS ? findings[finding] : "?";
}

/* gth_finding_class() - what the kernel is told: enum gth_class */
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
	return class >= GTH_D1 && class <= GTH_D5 ? classes[class] : "?";
}
