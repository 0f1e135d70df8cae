// SPDX-License-Identifier: GPL-2.0-or-later
/* report.c - gotthard-region report: counts of files, and due deletions. */
#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/util/json.h"
#include "lib/util/listing.h"
#include "lib/util/program.h"
#include "lib/util/say.h"
#include "lib/util/utc.h"
#include "lib/util/visible.h"
#include "region/journal.h"
#include "region/region.h"
#include "region/submissions.h"

struct options {
	const char *dir;
};

struct report {
	uint64_t submissions[REGION_STATUSES], verdicts[GTH_FINDINGS];
	uint64_t endpoints, kept, bytes, overdue, next; /* next: Unix time, 0: nothing is kept */
	uint64_t undeleted; /* files whose submission has ended or is overdue */
	json_t *back;	    /* endpoints whose journal went back */
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;
	const struct gth_operand operands[] = { { "DIR", &o->dir }, { 0 } };

	return gth_operands(key, arg, state, operands);
}

/* Pairs of a small number and a count. */
static int count(struct region_state *s, const char *sql, uint64_t *counts, int n)
{
	sqlite3_stmt *q;
	int err = gth_sql_prepare(s->db, &q, sql, "");

	if (err)
		return err;
	while ((err = gth_sql_step(q)) == 1) {
		int i = sqlite3_column_int(q, 0);

		if (i >= 0 && i < n)
			counts[i] = (uint64_t)sqlite3_column_int64(q, 1);
	}
	sqlite3_finalize(q);
	return err;
}

static int gather(struct region_state *s, struct report *p, uint64_t now)
{
	sqlite3_stmt *q;
	int err = count(s, "SELECT status, count(*) FROM submission GROUP BY status",
			p->submissions, REGION_STATUSES);

	if (!err)
		err = count(s, "SELECT finding, count(*) FROM verdict GROUP BY finding",
			    p->verdicts, GTH_FINDINGS);
	if (!err)
		err = gth_sql_number(s->db, &p->endpoints, "SELECT count(*) FROM endpoint", "");
	if (!err)
		err = region_journal_back(s, &p->back);
	if (!err)
		err = gth_sql_prepare(s->db, &q,
				      "SELECT count(*), CAST(total(cipher_size) AS INTEGER),"
				      " count(*) FILTER (WHERE delete_by <= ?1), min(delete_by),"
				      " count(*) FILTER (WHERE delete_by <= ?1 OR status >= 3)"
				      " FROM submission WHERE deletion IS NULL",
				      "i", now);
	if (err)
		return err;
	err = gth_sql_step(q);
	p->kept = (uint64_t)sqlite3_column_int64(q, 0);
	p->bytes = (uint64_t)sqlite3_column_int64(q, 1);
	p->overdue = (uint64_t)sqlite3_column_int64(q, 2);
	p->next = (uint64_t)sqlite3_column_int64(q, 3);
	p->undeleted = (uint64_t)sqlite3_column_int64(q, 4);
	sqlite3_finalize(q);
	return err == 1 ? 0 : err ? err : -EIO;
}

static int print_json(const struct report *p, const struct region *r)
{
	json_t *submissions = json_object(), *verdicts = json_object();
	uint64_t machine, now;

	for (int i = 0; i < REGION_STATUSES; i++)
		json_object_set_new(submissions, region_status_name((enum region_status)i),
				    json_integer((json_int_t)p->submissions[i]));
	for (int i = 0; i < GTH_FINDINGS; i++)
		json_object_set_new(verdicts, gth_finding_name((enum gth_finding)i),
				    json_integer((json_int_t)p->verdicts[i]));
	return gth_json_print(json_pack(
		"{s:s, s:I, s:I, s:o, s:o, s:{s:I, s:I, s:I, s:I, s:o}, s:s, s:O}", "region",
		r->trust.region, "statement-expires", (json_int_t)r->statement.expires, "endpoints",
		(json_int_t)p->endpoints, "submissions", submissions, "verdicts", verdicts, "kept",
		"files", (json_int_t)p->kept, "bytes", (json_int_t)p->bytes, "overdue",
		(json_int_t)p->overdue, "undeleted", (json_int_t)p->undeleted, "next-deletion-by",
		p->kept ? json_integer((json_int_t)p->next) : json_null(), "clock",
		region_clock_doubt(&machine, &now) ? "in doubt" : "believed", "journals-back",
		p->back));
}

static void print_back(const json_t *list)
{
	char when[GTH_UTC_SIZE];
	const json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
	{
		gth_utc_format(when, (uint64_t)json_integer_value(json_object_get(one, "told")));
		printf("%-12s %s went back, %lld times; at %s from %lld entries to %lld\n",
		       i ? "" : "journals",
		       gth_shown(json_string_value(json_object_get(one, "endpoint"))),
		       (long long)json_integer_value(json_object_get(one, "times")), when,
		       (long long)json_integer_value(json_object_get(one, "from")),
		       (long long)json_integer_value(json_object_get(one, "to")));
	}
}

static void print_text(const struct report *p, const struct region *r)
{
	char when[GTH_UTC_SIZE], size[GTH_UNITS_SIZE];
	uint64_t machine, now;

	if (region_clock_doubt(&machine, &now))
		puts("clock        in doubt: see gotthard-region clock");
	gth_utc_format(when, r->statement.expires);
	printf("region       %s, %s\nstatement    expires %s\nendpoints    %llu\n", r->trust.region,
	       r->trust.country, when, (unsigned long long)p->endpoints);
	for (int i = 0; i < REGION_STATUSES; i++)
		printf("%-12s %llu %s\n", i ? "" : "submissions",
		       (unsigned long long)p->submissions[i],
		       region_status_name((enum region_status)i));
	for (int i = 0; i < GTH_FINDINGS; i++)
		printf("%-12s %llu %s\n", i ? "" : "verdicts", (unsigned long long)p->verdicts[i],
		       gth_finding_name((enum gth_finding)i));
	gth_listing_size(size, p->bytes);
	printf("kept         %llu files, at most %s\n", (unsigned long long)p->kept, size);
	if (p->kept) {
		gth_utc_format(when, p->next);
		printf("deletions    %llu overdue, %llu to be done now, the next by %s\n",
		       (unsigned long long)p->overdue, (unsigned long long)p->undeleted, when);
	}
	print_back(p->back);
}

int region_report(int argc, char **argv)
{
	static const struct argp argp = {
		.parser = parse,
		.children = gth_unit_children,
		.args_doc = "DIR",
		.doc = "Counts the submissions and verdicts of the region of DIR, the bytes it "
		       "keeps, and the deletions that are due."
	};
	struct report p = { 0 };
	struct options o = { 0 };
	struct region r;
	int err;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	if (region_open(&r, o.dir))
		return REGION_FAILED_EXIT;
	err = gather(&r.state, &p, region_now());
	if (!err && gth_listing.json)
		err = print_json(&p, &r);
	else if (!err)
		print_text(&p, &r);
	json_decref(p.back);
	region_close(&r);
	if (err)
		gth_say("%s: %s", o.dir, strerror(-err));
	return err ? REGION_FAILED_EXIT : REGION_OK;
}
