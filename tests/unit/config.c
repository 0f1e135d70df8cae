// SPDX-License-Identifier: GPL-2.0-or-later
/* config.c - which texts are a gotthardd.conf (userd/lib/host/config.c), and what they set. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/host/config.h"
#include "tests/unit/tap.h"

#define OWNER "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"
#define LONG50 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define LONG200 LONG50 LONG50 LONG50 LONG50

static const struct {
	const char *text;
	unsigned int line;  /* of the error; ~0: there is none */
	const char *reason; /* a part of it */
	const char *name;
} cases[] = {
	{ "", ~0U, NULL, "takes_nothing" },
	{ "# c\n; c\n\n", ~0U, NULL, "takes_comments" },
	{ "[send]\r\nlookup = off\r\n", ~0U, NULL, "takes_cr_lf" },
	{ "[send] ; why\nlookup = off ; why\n", ~0U, NULL, "takes_comments_behind" },
	{ "[send]\nlookup = off", ~0U, NULL, "takes_last_line_without_lf" },
	{ "[send]\nlookup=no\n[send]\nfiles=yes\n", ~0U, NULL, "takes_section_in_two_parts" },
	{ "# " LONG200 "\n[send]\n", ~0U, NULL, "takes_comment_of_any_length" },
	{ "[exclude]\npath = /a\npath = /b\n", ~0U, NULL, "takes_many_exclusions" },
	{ "[endpoint]\ncountry =\nproxy =\nowner_key =\n", ~0U, NULL, "takes_what_is_not_set" },
	{ "[endpoint]\nowner_key = " OWNER "\n", ~0U, NULL, "takes_age_recipient" },
	{ "[endpoint]\nproxy = http://[::1]:3128\n", ~0U, NULL, "takes_proxy_by_address" },
	{ "[send]\nmax_size = 1024G\n", ~0U, NULL, "takes_the_largest_size" },
	{ "lookup = on\n", 1, "before the first section", "refuses_value_without_section" },
	{ "\n[sent]\n", 2, "no section 'sent'", "refuses_unknown_section" },
	{ "[]\n", 1, "no section", "refuses_empty_section" },
	{ "[" LONG50 "]\n", 1, "no section", "refuses_long_section" },
	{ "[send\n", 1, "without ']'", "refuses_open_section" },
	{ "[send] lookup = off\n", 1, "behind", "refuses_text_behind_section" },
	{ "[send]\nlook = on\n", 2, "no 'look' in [send]", "refuses_unknown_name" },
	{ "[spool]\nlookup = on\n", 2, "no 'lookup' in [spool]", "refuses_name_of_other_section" },
	{ "[send]\n" LONG50 "b = on\n", 2, "no '", "refuses_long_name" },
	{ "[send]\nlookup\n", 2, "neither", "refuses_name_without_value" },
	{ "[send]\nlookup = on\nlookup = on\n", 3, "second time", "refuses_value_twice" },
	{ "[send]\nlookup = off\n[send]\nlookup = on\n", 4, "second time",
	  "refuses_value_twice_in_two_parts" },
	{ "[send]\nfiles = no\nlookup = maybe\nfiles = x\n", 3, "on or off", "names_first_error" },
	{ "[send]\nlookup = ON\n", 2, "on or off", "refuses_switch_in_capitals" },
	{ "[send]\nlookup =\n", 2, "on or off", "refuses_empty_switch" },
	{ "[exclude]\npath = /a\n  /b\n", 3, "blank", "refuses_continued_line" },
	{ "[exclude]\npath = /" LONG200 "\n", 2, "longer", "refuses_long_line" },
	{ "[exclude]\npath = /a\x01\n", 2, "control", "refuses_control_character" },
	{ "[exclude]\npath = a\n", 2, "begins with /", "refuses_relative_pattern" },
	{ "[exclude]\nowner = Al ice\n", 2, "user", "refuses_odd_owner" },
	{ "[exclude]\nowner = 4294967295\n", 2, "user", "refuses_owner_nobody_can_be" },
	{ "[exclude]\nfilesystem = NFS/\n", 2, "/proc/filesystems", "refuses_odd_filesystem" },
	{ "[exclude]\npath =\n", 2, "pattern", "refuses_empty_pattern" },
	{ "[endpoint]\ncountry = de\n", 2, "capital", "refuses_country_in_small_letters" },
	{ "[endpoint]\ncountry = DEU\n", 2, "capital", "refuses_long_country" },
	{ "[endpoint]\nstate = var\n", 2, "begins with /", "refuses_relative_directory" },
	{ "[endpoint]\nproxy = https://p:1\n", 2, "HOST:PORT", "refuses_other_proxy" },
	{ "[endpoint]\nproxy = http://p\n", 2, "HOST:PORT", "refuses_proxy_without_port" },
	{ "[endpoint]\nproxy = http://p:0\n", 2, "HOST:PORT", "refuses_proxy_port_0" },
	{ "[endpoint]\nproxy = http://a:b@p:1\n", 2, "HOST:PORT", "refuses_proxy_with_password" },
	{ "[endpoint]\nowner_key = age1x\n", 2, "age recipient", "refuses_short_recipient" },
	{ "[endpoint]\nowner_key = age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwx\n",
	  2, "age recipient", "refuses_recipient_with_wrong_checksum" },
	{ "[endpoint]\nuser = -x\n", 2, "name of a user", "refuses_odd_user" },
	{ "[endpoint]\nuser =\n", 2, "name of a user", "refuses_no_user" },
	{ "[send]\nmax_size = 1025G\n", 2, "bytes", "refuses_size_beyond_limit" },
	{ "[send]\nmax_size = 1T\n", 2, "bytes", "refuses_unknown_unit" },
	{ "[send]\nmax_size = M\n", 2, "bytes", "refuses_unit_alone" },
	{ "[send]\nmax_size = -1\n", 2, "bytes", "refuses_negative_size" },
	{ "[send]\nper_minute = 1K\n", 2, "number", "refuses_unit_of_a_count" },
	{ "[send]\nper_minute = 100001\n", 2, "number", "refuses_count_beyond_limit" },
	{ "[verdict]\npoll = 604801\n", 2, "number", "refuses_poll_beyond_a_week" },
};

static struct gth_config config;
static struct gth_config_error error;

/* A copy of exactly the text's length, so that the sanitizer sees a read past it. */
static int parse(const char *text, size_t len)
{
	char *copy = malloc(len ? len : 1);
	int err;

	if (!copy)
		return -ENOMEM;
	memcpy(copy, text, len);
	err = gth_config_parse(&config, copy, len, &error);
	free(copy);
	return err;
}

static void test_full(void)
{
	static const char text[] = "[endpoint]\ncountry = CH\nregion = /r\nstate = /s\n"
				   "proxy = http://p:1\nowner_key = " OWNER "\nuser = u\n"
				   "network_user = n\n[send]\nlookup = off\nmetadata = on\n"
				   "programs = off\nfiles = on\nstatistics = on\nmax_size = 3K\n"
				   "per_minute = 4\ndaily_quota = 5M\n[exclude]\npath = /a b/*\n"
				   "path = *.doc\nowner = root\nowner = 1000\nfilesystem = nfs4\n"
				   "[spool]\nquota = 6G\n[verdict]\npoll = 7\n";

	if (!tap_is(parse(text, sizeof(text) - 1), 0, "takes_every_value"))
		tap_note("line %u: %s", error.line, error.text);
	tap_ok(!strcmp(config.country, "CH") && !strcmp(config.region, "/r") &&
		       !strcmp(config.state, "/s") && !strcmp(config.proxy, "http://p:1") &&
		       !strcmp(config.owner_key, OWNER) && !strcmp(config.user, "u") &&
		       !strcmp(config.network_user, "n"),
	       "sets_every_text");
	tap_ok(!config.lookup && config.metadata && !config.programs && config.files &&
		       config.statistics,
	       "sets_every_switch");
	tap_ok(config.max_size == 3072 && config.per_minute == 4 && config.daily_quota == 5 << 20 &&
		       config.spool_quota == 6ULL << 30 && config.poll == 7,
	       "sets_every_number");
	tap_ok(config.path.n == 2 && !strcmp(config.path.item[0], "/a b/*") &&
		       !strcmp(config.path.item[1], "*.doc") && config.owner.n == 2 &&
		       !strcmp(config.owner.item[1], "1000") && config.filesystem.n == 1,
	       "keeps_every_exclusion");
	gth_config_free(&config);
}

static void test_limits(void)
{
	static char text[GTH_CONFIG_SIZE_MAX + 2];
	size_t len = (size_t)sprintf(text, "[exclude]\n");

	tap_ok(parse("[send]\nlookup = o\0n\n", 19) == -EINVAL && error.line == 2, "refuses_nul");
	for (int i = 0; i < GTH_CONFIG_LIST_MAX; i++)
		len += (size_t)sprintf(text + len, "path = /%d\n", i);
	tap_is(parse(text, len), 0, "takes_256_exclusions");
	gth_config_free(&config);
	len += (size_t)sprintf(text + len, "path = /x\n");
	tap_is(parse(text, len), -E2BIG, "refuses_257_exclusions");
	tap_is(error.line, GTH_CONFIG_LIST_MAX + 2, "names_the_line_of_the_257th");
	memset(text, '\n', sizeof(text));
	tap_is(parse(text, GTH_CONFIG_SIZE_MAX), 0, "takes_64_kib");
	tap_is(parse(text, GTH_CONFIG_SIZE_MAX + 1), -E2BIG, "refuses_more_than_64_kib");
}

static void test_files(void)
{
	struct gth_config defaults;
	char path[] = "/tmp/gotthardd.conf-XXXXXX";
	int fd = mkstemp(path);

	gth_config_defaults(&defaults);
	if (!tap_is(gth_config_load(&config, "packaging/gotthardd.conf", &error), 0,
		    "takes_the_packaged_file"))
		tap_note("line %u: %s", error.line, error.text);
	tap_ok(!memcmp(&config, &defaults, sizeof(config)), "packaged_file_changes_no_default");
	tap_ok(!config.country[0] && config.lookup && !config.metadata && config.programs &&
		       !config.files && !config.statistics,
	       "defaults_are_those_of_the_design");
	tap_is(gth_config_load(&config, "/nowhere", &error), -ENOENT, "missing_file_is_an_error");
	tap_ok(error.line == 0 && error.text[0], "missing_file_has_a_reason");
	tap_ok(write(fd, "[send]\nx=1\n", 11) == 11 &&
		       gth_config_load(&config, path, &error) == -EINVAL && error.line == 2,
	       "names_the_line_in_a_file");
	tap_is(gth_config_load(&config, "/dev/zero", &error), -E2BIG, "endless_file_is_refused");
	close(fd);
	unlink(path);
}

int main(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int err = parse(cases[i].text, strlen(cases[i].text));
		bool right;

		if (cases[i].line == ~0U)
			right = !err;
		else
			right = err == -EINVAL && error.line == cases[i].line &&
				strstr(error.text, cases[i].reason);
		if (!tap_ok(right, cases[i].name))
			tap_note("got %d, line %u: %s", err, error.line, error.text);
		if (!err)
			gth_config_free(&config);
	}
	test_full();
	test_limits();
	test_files();
	return tap_done();
}
