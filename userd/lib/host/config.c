// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * config.c - gotthardd.conf (see config.h): what libinih reads, strictly.
 *
 * libinih cuts long lines and names, takes indented lines for continuations and
 * passes over what is behind a section's "]". So lines are looked at before it
 * gets them, by the reader; that also tells the handler which line it is in.
 */
#include "lib/host/config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <ini.h>

#include "lib/host/config_value.h"
#include "lib/util/io.h"

/* clang-format off */
#define AT(member) offsetof(struct gth_config, member), sizeof(((struct gth_config *)0)->member)
static const struct knob {
	const char *section, *name;
	gth_config_value_fn *set;
	size_t offset, size;
	unsigned long long max; /* of a number */
} knobs[] = {
	{ "endpoint", "country", gth_config_country, AT(country), 0 },
	{ "endpoint", "region", gth_config_directory, AT(region), 0 },
	{ "endpoint", "state", gth_config_directory, AT(state), 0 },
	{ "endpoint", "proxy", gth_config_proxy, AT(proxy), 0 },
	{ "endpoint", "owner_key", gth_config_recipient, AT(owner_key), 0 },
	{ "endpoint", "user", gth_config_user, AT(user), 0 },
	{ "endpoint", "network_user", gth_config_user, AT(network_user), 0 },
#define X(id, name, ...) { "send", #name, gth_config_switch, AT(name), 0 },
	GTH_DATA_CLASSES(X)
#undef X
	{ "send", "max_size", gth_config_bytes, AT(max_size), 1ULL << 40 },
	{ "send", "per_minute", gth_config_number, AT(per_minute), 100000 },
	{ "send", "daily_quota", gth_config_bytes, AT(daily_quota), 1ULL << 50 },
	{ "exclude", "path", gth_config_pattern, AT(path), 0 },
	{ "exclude", "owner", gth_config_owner, AT(owner), 0 },
	{ "exclude", "filesystem", gth_config_filesystem, AT(filesystem), 0 },
	{ "spool", "quota", gth_config_bytes, AT(spool_quota), 1ULL << 50 },
	{ "verdict", "poll", gth_config_number, AT(poll), 7 * 86400 },
};
/* clang-format on */

#define KNOBS (sizeof(knobs) / sizeof(knobs[0]))

struct reading {
	struct gth_config *config;
	struct gth_config_error *error;
	const char *at, *end;
	unsigned int line; /* the one that the handler is in */
	int err;	   /* the first; then nothing more is read */
	bool seen[KNOBS];
};

__attribute__((format(printf, 3, 4))) static int refuse(struct reading *r, int err,
							const char *format, ...)
{
	va_list args;

	if (r->err)
		return 0;
	r->err = err;
	r->error->line = r->line;
	va_start(args, format);
	vsnprintf(r->error->text, sizeof(r->error->text), format, args);
	va_end(args);
	return 0;
}

void gth_config_defaults(struct gth_config *c)
{
	memset(c, 0, sizeof(*c));
	strcpy(c->region, "/etc/gotthard/region");
	strcpy(c->state, "/var/lib/gotthard");
	strcpy(c->user, "gotthard");
	strcpy(c->network_user, "gotthard-net");
#define X(id, name, initial, ...) c->name = initial;
	GTH_DATA_CLASSES(X)
#undef X
	c->max_size = 64ULL << 20;
	c->per_minute = 60;
	c->daily_quota = 1ULL << 30;
	c->spool_quota = 2ULL << 30;
	c->poll = 300;
}

static bool known_section(const char *name, size_t len)
{
	for (size_t i = 0; i < KNOBS; i++)
		if (strlen(knobs[i].section) == len && !memcmp(knobs[i].section, name, len))
			return true;
	return false;
}

/* Faults that libinih would let pass. @line is without its LF. */
static int look_at(struct reading *r, const char *line, size_t len, size_t room)
{
	size_t blanks = 0;
	const char *close;

	if (len && line[len - 1] == '\r')
		len--;
	for (size_t i = 0; i < len; i++)
		if (((unsigned char)line[i] < ' ' && line[i] != '\t') || line[i] == 0x7f)
			return refuse(r, -EINVAL, "a control character");
	while (blanks < len && (line[blanks] == ' ' || line[blanks] == '\t'))
		blanks++;
	if (blanks && blanks < len)
		return refuse(r, -EINVAL, "the line begins with a blank");
	if (len && (line[0] == '#' || line[0] == ';'))
		return 1;
	if (len > room)
		return refuse(r, -EINVAL, "the line is longer than %zu bytes", room);
	if (!len || line[0] != '[')
		return 1;
	close = memchr(line, ']', len);
	if (!close)
		return refuse(r, -EINVAL, "a section without ']'");
	for (const char *c = close + 1; c < line + len && *c != ';' && *c != '#'; c++)
		if (*c != ' ' && *c != '\t')
			return refuse(r, -EINVAL, "text behind a section's ']'");
	if (!known_section(line + 1, (size_t)(close - line) - 1))
		return refuse(r, -EINVAL, "there is no section '%.*s'", (int)(close - line) - 1,
			      line + 1);
	return 1;
}

/* Instead of fgets(): a line, with its LF; a comment as an empty line, however long. */
static char *next_line(char *out, int size, void *stream)
{
	struct reading *r = stream;
	const char *line = r->at, *lf;
	size_t len;

	if (r->err || r->at == r->end)
		return NULL;
	lf = memchr(line, '\n', (size_t)(r->end - line));
	len = (size_t)((lf ? lf : r->end) - line);
	r->at = lf ? lf + 1 : r->end;
	r->line++;
	if (!look_at(r, line, len, (size_t)size - 3)) /* LF and NUL, and a CR */
		return NULL;
	if (line[0] == '#' || line[0] == ';')
		len = 0;
	memcpy(out, line, len);
	memcpy(out + len, "\n", 2);
	return out;
}

static int add(struct gth_list *list, const char *value)
{
	if (list->n == GTH_CONFIG_LIST_MAX)
		return -E2BIG;
	list->item[list->n] = strdup(value);
	if (!list->item[list->n])
		return -ENOMEM;
	list->n++;
	return 0;
}

/* Called by libinih for every value. Return: 0 at an error. */
static int take(void *user, const char *section, const char *name, const char *value)
{
	struct reading *r = user;
	const char *wanted = NULL;
	size_t i;
	int err;

	if (r->err)
		return 0;
	if (!*section)
		return refuse(r, -EINVAL, "'%s' stands before the first section", name);
	for (i = 0; i < KNOBS; i++)
		if (!strcmp(knobs[i].section, section) && !strcmp(knobs[i].name, name))
			break;
	if (i == KNOBS)
		return refuse(r, -EINVAL, "there is no '%s' in [%s]", name, section);
	if (knobs[i].size == sizeof(struct gth_list)) {
		err = knobs[i].set(NULL, 0, 0, value, &wanted);
		if (!err)
			err = add((void *)((char *)r->config + knobs[i].offset), value);
		if (err == -E2BIG)
			return refuse(r, err, "more than %d of '%s'", GTH_CONFIG_LIST_MAX, name);
	} else {
		if (r->seen[i])
			return refuse(r, -EINVAL, "'%s' a second time", name);
		r->seen[i] = true;
		err = knobs[i].set((char *)r->config + knobs[i].offset, knobs[i].size, knobs[i].max,
				   value, &wanted);
	}
	if (err == -ENOMEM)
		return refuse(r, err, "out of memory");
	if (err)
		return refuse(r, -EINVAL, "'%s': expected %s", name, wanted);
	return 1;
}

/*
 * gth_config_parse() - defaults, and over them what the text says
 * Return: 0; -EINVAL; -E2BIG: the file, or a list; -ENOMEM: e tells, and nothing is to be freed.
 */
int gth_config_parse(struct gth_config *c, const char *text, size_t len, struct gth_config_error *e)
{
	struct reading r = { .config = c, .error = e, .at = text, .end = text + len };
	int line;

	memset(e, 0, sizeof(*e));
	gth_config_defaults(c);
	if (len > GTH_CONFIG_SIZE_MAX)
		refuse(&r, -E2BIG, "larger than %d bytes", GTH_CONFIG_SIZE_MAX);
	if (!r.err) {
		line = ini_parse_stream(next_line, &r, take, &r);
		if (line && !r.err) {
			r.line = line > 0 ? (unsigned int)line : 0;
			refuse(&r, line > 0 ? -EINVAL : -ENOMEM,
			       line > 0 ? "neither a section nor NAME = VALUE" : "out of memory");
		}
	}
	if (r.err)
		gth_config_free(c);
	return r.err;
}

/* Return: 0; -EINVAL, -E2BIG or another errno: e tells; then nothing is to be freed. */
int gth_config_load(struct gth_config *c, const char *path, struct gth_config_error *e)
{
	char *text = malloc(GTH_CONFIG_SIZE_MAX + 1);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -errno : -ENOMEM;

	if (fd >= 0 && text)
		n = gth_read_full(fd, text, GTH_CONFIG_SIZE_MAX + 1);
	if (n < 0) {
		memset(e, 0, sizeof(*e));
		gth_config_defaults(c);
		snprintf(e->text, sizeof(e->text), "%s", strerror((int)-n));
	} else {
		n = gth_config_parse(c, text, (size_t)n, e);
	}
	if (fd >= 0)
		close(fd);
	free(text);
	return (int)n;
}

/* gth_config_sends() - has the owner switched this class of data on? */
bool gth_config_sends(const struct gth_config *c, enum gth_data_class class)
{
	switch (class) {
#define X(id, name, ...)                                                                           \
	case GTH_##id:                                                                             \
		return c->name;
		GTH_DATA_CLASSES(X)
#undef X
	default:
		return false;
	}
}

static void empty(struct gth_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->item[i]);
	memset(list, 0, sizeof(*list));
}

void gth_config_free(struct gth_config *c)
{
	empty(&c->path);
	empty(&c->owner);
	empty(&c->filesystem);
}
