// SPDX-License-Identifier: GPL-2.0-or-later
/* table_info.c - the table in force, as the module describes it (see table_info.h). */
#include "table_info.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <jansson.h>

#include "ctl.h"
#include "floors.h"
#include "table_history.h"
#include "lib/host/device.h"
#include "lib/util/base64.h"
#include "lib/util/json.h"
#include "lib/util/listing.h"
#include "lib/util/say.h"
#include "lib/util/utc.h"
#include "lib/util/visible.h"

static const char *const count_names[] = { "malicious", "suspicious", "trusted" };

/* ctl_table_signer() - the key by which the table in force is signed; empty: it is not signed */
void ctl_table_signer(char signer[GTH_VALUE_MAX])
{
	if (gth_sysfs_read("table/signer", signer, GTH_VALUE_MAX) < 0 || !strcmp(signer, "none"))
		*signer = '\0';
}

static json_t *proof_json(const struct gth_history_act *a)
{
	char root[GTH_BASE64_LEN(GTH_TLOG_HASH_SIZE) + 1];

	if (!*a->checkpoint.origin)
		return json_null();
	gth_base64_encode(root, a->checkpoint.root, GTH_TLOG_HASH_SIZE);
	return json_pack("{s:o, s:I, s:I, s:s, s:I, s:o}", "log",
			 gth_json_text(a->checkpoint.origin), "index", (json_int_t)a->index, "size",
			 (json_int_t)a->checkpoint.size, "root", root, "witnessed",
			 (json_int_t)a->witnessed, "witnesses", gth_json_text(a->witnesses));
}

static json_t *loaded_json(const struct gth_history_act *a)
{
	return json_pack("{s:I, s:I, s:s, s:o}", "time", (json_int_t)a->time, "uid",
			 (json_int_t)a->uid, "act", gth_history_word(a->kind), "why",
			 *a->why ? gth_json_text(a->why) : json_null());
}

/* By what the table in force is proved, and who loaded it. */
static void print_history(const struct gth_history_act *a)
{
	char root[GTH_BASE64_LEN(GTH_TLOG_HASH_SIZE) + 1], time[GTH_UTC_SIZE];

	if (*a->checkpoint.origin) {
		gth_base64_encode(root, a->checkpoint.root, GTH_TLOG_HASH_SIZE);
		printf("log         %s, entry %llu\n", gth_shown(a->checkpoint.origin),
		       (unsigned long long)a->index);
		printf("checkpoint  %llu entries, root %s\n",
		       (unsigned long long)a->checkpoint.size, root);
		gth_utc_format(time, a->witnessed);
		printf("witnesses   %s%s%s\n", *a->witnesses ? gth_shown(a->witnesses) : "none",
		       a->witnessed ? ", " : "", a->witnessed ? time : "");
	} else {
		puts("log         none (NOT PROVED)");
	}
	gth_utc_format(time, a->time);
	printf("loaded      %s by uid %lu%s%s\n", time, (unsigned long)a->uid, *a->why ? ": " : "",
	       gth_shown(a->why));
}

/* ctl_table_info() - prints the table in force; an exit status */
int ctl_table_info(int device)
{
	unsigned long long counts[3] = { 0 };
	bool expired;
	struct gth_history_act act;
	struct gth_info i;
	bool known;
	char created[GTH_UTC_SIZE], expires[GTH_UTC_SIZE], memory[GTH_UNITS_SIZE], file[64];
	char signer[GTH_VALUE_MAX];
	int err = gth_device_info(device, &i);

	if (err) {
		gth_say("%s", strerror(-err));
		return CTL_FAILED;
	}
	for (int c = 0; c < 3; c++) {
		snprintf(file, sizeof(file), "table/%s", count_names[c]);
		gth_sysfs_read_u64(file, &counts[c]);
	}
	ctl_table_signer(signer);
	known = ctl_history_of(device, &i, &act);
	expired = i.table_version && i.expires <= (unsigned long long)time(NULL);
	gth_utc_format(created, i.created);
	gth_utc_format(expires, i.expires);
	if (gth_listing.json)
		/* A name and its value to a line. */
		/* clang-format off */
		return gth_json_print(json_pack(
			"{s:b, s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:b, s:o, s:o, s:o, s:I}",
			"loaded", i.table_version != 0, "name", gth_json_text(i.name),
			"version", (json_int_t)i.table_version,
			"floor", (json_int_t)ctl_floor(device, i.name),
			"entries", (json_int_t)i.entries, "malicious", (json_int_t)counts[0],
			"suspicious", (json_int_t)counts[1], "trusted", (json_int_t)counts[2],
			"bytes", (json_int_t)i.bytes, "created", (json_int_t)i.created,
			"expires", (json_int_t)i.expires, "expired", expired,
			"signer", *signer ? gth_json_text(signer) : json_null(),
			"proof", known ? proof_json(&act) : json_null(),
			"loading", known ? loaded_json(&act) : json_null(),
			"verdicts", (json_int_t)i.verdicts)) ? CTL_FAILED : CTL_OK;
	/* clang-format on */
	if (!i.table_version) {
		printf("no table is loaded; %llu verdicts\n", (unsigned long long)i.verdicts);
		return CTL_OK;
	}
	printf("name        %s\nversion     %llu\nfloor       %llu (no older one is loaded)\nentries     %llu\n",
	       gth_shown(i.name), (unsigned long long)i.table_version, ctl_floor(device, i.name),
	       (unsigned long long)i.entries);
	for (int c = 0; c < 3; c++)
		printf("%-11s %llu\n", count_names[c], counts[c]);
	gth_listing_size(memory, i.bytes);
	printf("memory      %s (%.2f bytes an entry)\ncreated     %s\nexpires     %s%s\n"
	       "signed by   %s\n",
	       memory, i.entries ? (double)i.bytes / (double)i.entries : 0.0, created, expires,
	       expired ? " (EXPIRED)" : "", *signer ? gth_shown(signer) : "none (NOT SIGNED)");
	if (known)
		print_history(&act);
	else
		puts("log         not known");
	printf("verdicts    %llu\n", (unsigned long long)i.verdicts);
	return CTL_OK;
}
