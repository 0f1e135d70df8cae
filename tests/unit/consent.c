// SPDX-License-Identifier: GPL-2.0-or-later
/* consent.c - what may be asked for and sent (userd/daemon/store/consent.c), as a table. */
#include <string.h>

#include "daemon/store/consent.h"
#include "daemon/store/mime.h"
#include "tests/unit/tap.h"

#define NO_LOOKUP 1U
#define NO_PROGRAMS 2U
#define FILES 4U
#define EXCLUDE_PATH 8U
#define EXCLUDE_OWNER 16U
#define EXCLUDE_FS 32U
#define NO_TRUST 64U
#define NO_STATEMENT 128U
#define NO_COUNTRY 256U
#define OTHER_COUNTRY 512U
#define STATEMENT_ELSEWHERE 1024U
#define UNREADABLE 2048U
#define QUOTA 4096U
#define REGION_SMALL 8192U
#define PATH_PART 16384U
#define NO_OWNER 32768U

#define W(name) GTH_WITHHELD_##name

static const struct {
	unsigned int how;
	enum gth_data_class class;
	const char *path;
	uid_t owner;
	const char *filesystem;
	uint64_t size;
	enum gth_withheld lookup, file;
	const char *name;
} cases[] = {
	{ 0, GTH_D3, "/a", 1, "ext4", 9, W(NOT), W(NOT), "program_is_sent" },
	{ 0, GTH_D4, "/a", 1, "ext4", 9, W(NOT), W(CLASS_OFF), "other_file_is_not_by_default" },
	{ FILES, GTH_D4, "/a", 1, "ext4", 9, W(NOT), W(NOT), "other_file_is_if_allowed" },
	{ NO_PROGRAMS | FILES, GTH_D3, "/a", 1, "", 9, W(NOT), W(CLASS_OFF),
	  "files_on_does_not_mean_programs" },
	{ NO_LOOKUP, GTH_D3, "/a", 1, "", 9, W(LOOKUP_OFF), W(NOT), "lookup_off_is_of_its_own" },
	{ EXCLUDE_PATH, GTH_D3, "/home/x/y", 1, "", 9, W(PATH), W(PATH), "path_excludes_both" },
	{ EXCLUDE_PATH, GTH_D3, "/homes", 1, "", 9, W(NOT), W(NOT), "path_matches_whole" },
	{ EXCLUDE_PATH, GTH_D3, "/home/x (deleted)", 1, "", 9, W(PATH), W(PATH),
	  "path_of_what_is_deleted_is_what_it_was" },
	{ EXCLUDE_FS, GTH_D3, "/a", 1, "", 9, W(FILESYSTEM), W(FILESYSTEM),
	  "filesystem_that_cannot_be_told_excludes" },
	{ EXCLUDE_PATH | PATH_PART, GTH_D3, "x/y", 1, "", 9, W(PATH), W(PATH),
	  "path_that_is_not_known_whole_excludes" },
	{ EXCLUDE_PATH | PATH_PART, GTH_D3, NULL, 1, "", 9, W(PATH), W(PATH),
	  "path_that_cannot_be_told_excludes" },
	{ PATH_PART, GTH_D3, "x/y", 1, "", 9, W(NOT), W(NOT), "part_of_a_path_does_if_none_is" },
	{ EXCLUDE_PATH | UNREADABLE, GTH_D3, "/a", 1, "", 9, W(UNREADABLE), W(UNREADABLE),
	  "path_without_a_file_excludes" },
	{ EXCLUDE_OWNER | NO_OWNER, GTH_D3, "/a", 70, "", 9, W(OWNER), W(OWNER),
	  "owner_who_cannot_be_told_excludes" },
	{ NO_OWNER, GTH_D3, "/a", 7, "", 9, W(NOT), W(NOT), "no_owner_does_if_none_is" },
	{ EXCLUDE_FS, GTH_D3, "/a", 1, NULL, 9, W(FILESYSTEM), W(FILESYSTEM),
	  "no_filesystem_excludes" },
	{ EXCLUDE_OWNER, GTH_D3, "/a", 7, "", 9, W(OWNER), W(OWNER), "owner_excludes_both" },
	{ EXCLUDE_OWNER, GTH_D3, "/a", 70, "", 9, W(NOT), W(NOT), "other_owner_does_not" },
	{ EXCLUDE_OWNER | UNREADABLE, GTH_D3, "/a", 0, "", 9, W(UNREADABLE), W(UNREADABLE),
	  "owner_that_is_not_known_excludes" },
	{ EXCLUDE_FS, GTH_D3, "/a", 1, "nfs nfs4", 9, W(FILESYSTEM), W(FILESYSTEM),
	  "filesystem_excludes_one_of_several" },
	{ EXCLUDE_FS, GTH_D3, "/a", 1, "nfs4.x", 9, W(FILESYSTEM), W(FILESYSTEM),
	  "filesystem_excludes_its_kinds" },
	{ EXCLUDE_FS, GTH_D3, "/a", 1, "nfs", 9, W(NOT), W(NOT), "filesystem_matches_whole" },
	{ EXCLUDE_FS, GTH_D3, "/a", 1, "nfs42", 9, W(NOT), W(NOT), "filesystem_is_no_prefix" },
	{ 0, GTH_D3, "/a", 1, "", 1000, W(NOT), W(NOT), "largest_is_sent" },
	{ 0, GTH_D3, "/a", 1, "", 1001, W(NOT), W(SIZE), "larger_is_only_asked_for" },
	{ REGION_SMALL, GTH_D3, "/a", 1, "", 501, W(NOT), W(SIZE), "region_limits_size" },
	{ QUOTA, GTH_D3, "/a", 1, "", 600, W(NOT), W(SIZE),
	  "what_no_day_has_room_for_is_too_large" },
	{ QUOTA, GTH_D3, "/a", 1, "", 100, W(NOT), W(NOT), "what_a_day_has_room_for_is_not" },
	{ UNREADABLE, GTH_D4, "/a", 1, "", 9, W(NOT), W(UNREADABLE), "unreadable_is_asked_for" },
	{ NO_TRUST, GTH_D3, "/a", 1, "", 9, W(STATEMENT), W(STATEMENT), "no_region_sends_nothing" },
	{ NO_STATEMENT, GTH_D3, "/a", 1, "", 9, W(STATEMENT), W(STATEMENT), "no_statement_waits" },
	{ NO_STATEMENT | NO_LOOKUP, GTH_D4, "/a", 1, "", 9, W(LOOKUP_OFF), W(CLASS_OFF),
	  "owner_goes_before_what_only_waits" },
	{ NO_COUNTRY, GTH_D3, "/a", 1, "", 9, W(COUNTRY), W(COUNTRY), "no_country_sends_nothing" },
	{ OTHER_COUNTRY, GTH_D3, "/a", 1, "", 9, W(COUNTRY), W(COUNTRY), "other_country_neither" },
	{ STATEMENT_ELSEWHERE, GTH_D3, "/a", 1, "", 9, W(COUNTRY), W(COUNTRY),
	  "statement_must_serve_the_country_too" },
	{ OTHER_COUNTRY | NO_PROGRAMS, GTH_D3, "/a", 1, "", 9, W(COUNTRY), W(COUNTRY),
	  "country_goes_first" },
};

static const struct {
	const char *type, *bytes;
	size_t len;
	enum gth_data_class class;
	const char *name;
} types[] = {
	{ "application/x-pie-executable", "", 0, GTH_D3, "executable_is_a_program" },
	{ "application/java-archive", "PK", 2, GTH_D3, "archive_that_runs_is_a_program" },
	{ "application/zip", "PK", 2, GTH_D4, "archive_is_none" },
	{ "text/plain", "#!/opt/x", 8, GTH_D3, "any_interpreter_makes_a_program" },
	{ "application/octet-stream", "\x7f\x45LF", 4, GTH_D3, "elf_is_one_whatever_its_type" },
	{ "application/octet-stream", "\x7f\x45L", 3, GTH_D4, "part_of_elf_is_none" },
	{ "text/plain", "", 0, GTH_D4, "text_is_none" },
	{ "application/pdf", "%PDF", 4, GTH_D4, "document_is_none" },
	{ "text/x-python", "import", 6, GTH_D3, "script_is_a_program" },
};

static void set_country(struct gth_countries *c, const char *code)
{
	c->n = 1;
	strcpy(c->code[0], code);
}

int main(void)
{
	static char pattern[] = "/home/*", type[] = "nfs4";
	static const uid_t owners[] = { 3, 7 };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		static struct gth_config config;
		static struct gth_trust trust;
		static struct gth_statement statement;
		unsigned int how = cases[i].how;
		struct gth_consent c = { &config, owners, how & EXCLUDE_OWNER ? 2 : 0,
					 how & NO_TRUST ? NULL : &trust,
					 how & (NO_STATEMENT | NO_TRUST) ? NULL : &statement };
		struct gth_file_info f = { .readable = !(how & UNREADABLE),
					   .path = { cases[i].path },
					   .path_whole = !(how & PATH_PART),
					   .owner_told = !(how & (NO_OWNER | UNREADABLE)),
					   .owner = cases[i].owner,
					   .filesystem = cases[i].filesystem,
					   .size = cases[i].size,
					   .class = cases[i].class };
		enum gth_withheld lookup, file;

		gth_config_defaults(&config);
		strcpy(config.country, how & NO_COUNTRY ? "" : how & OTHER_COUNTRY ? "US" : "DE");
		config.lookup = !(how & NO_LOOKUP);
		config.programs = !(how & NO_PROGRAMS);
		config.files = how & FILES;
		config.max_size = 1000;
		config.daily_quota = how & QUOTA ? 700 : 0;
		config.path.n = how & EXCLUDE_PATH ? 1 : 0;
		config.path.item[0] = pattern;
		config.filesystem.n = how & EXCLUDE_FS ? 1 : 0;
		config.filesystem.item[0] = type;
		set_country(&trust.serves, "DE");
		set_country(&statement.serves, how & STATEMENT_ELSEWHERE ? "CH" : "DE");
		statement.max_size = how & REGION_SMALL ? 500 : 5000;
		lookup = gth_consent_lookup(&c, &f);
		file = gth_consent_file(&c, &f);
		if (!tap_ok(lookup == cases[i].lookup && file == cases[i].file, cases[i].name))
			tap_note("got %s, %s", gth_withheld_name(lookup), gth_withheld_name(file));
		/* The second name excludes as the first does. */
		f.path[1] = f.path[0];
		f.path[0] = NULL;
		if (gth_consent_lookup(&c, &f) != lookup)
			tap_ok(false, "second_path_excludes_too");
		if (how == NO_TRUST || how == NO_STATEMENT)
			tap_is(gth_consent_waits(&c, file), how == NO_STATEMENT,
			       "only_a_region_is_waited_for");
	}
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		tap_is(gth_mime_class(types[i].type, types[i].bytes, types[i].len), types[i].class,
		       types[i].name);
	return tap_done();
}
