// SPDX-License-Identifier: GPL-2.0-or-later
/* input.c - one list of digests, read into the sorter (see input.h). */
#include "sigtool/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/host/empty.h"
#include "lib/host/names.h"
#include "lib/util/lines.h"
#include "lib/util/say.h"
#include "sigtool/sigtool.h"

/* The format by the end of a name. ClamAV's lists of false positives are trusted. */
static const struct {
	const char *end;
	enum list_format format;
	u8 class;
} endings[] = {
	{ ".hdb", LIST_HDB, GTH_CLASS_UNKNOWN },	  { ".hdu", LIST_HDB, GTH_CLASS_UNKNOWN },
	{ ".hsb", LIST_HSB, GTH_CLASS_UNKNOWN },	  { ".hsu", LIST_HSB, GTH_CLASS_UNKNOWN },
	{ ".fp", LIST_HDB, GTH_CLASS_TRUSTED },		  { ".sfp", LIST_HSB, GTH_CLASS_TRUSTED },
	{ ".sha256", LIST_SHA256SUM, GTH_CLASS_UNKNOWN },
};

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), n = strlen(end);

	return len > n && !strcasecmp(text + len - n, end);
}

static int class_before(const char *arg, const char *colon)
{
	char word[16];
	int n = snprintf(word, sizeof(word), "%.*s", (int)(colon - arg), arg);

	return n < (int)sizeof(word) ? gth_class_parse(word) : -EINVAL;
}

/* @arg is FILE or CLASS:FILE; @class and @format are for what it does not say. */
void input_init(struct input *in, const char *arg, u8 class, enum list_format format)
{
	const char *colon = strchr(arg, ':');
	int said = colon ? class_before(arg, colon) : -EINVAL;

	*in = (struct input) { .class = class, .format = format };
	in->path = said > 0 ? colon + 1 : arg;
	in->name = strcmp(in->path, "-") ? in->path : "(stdin)";
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		if (!ends_with(in->path, endings[i].end))
			continue;
		if (format == LIST_AUTO)
			in->format = endings[i].format;
		if (endings[i].class != GTH_CLASS_UNKNOWN)
			in->class = endings[i].class;
	}
	if (said > 0)
		in->class = (u8)said;
}

static const char too_long[] = "expected a line of at most 65536 bytes";

/*
 * Return: 0; -EBADMSG: malformed, @why tells; -EDOM: the empty file's, and not
 * allowed; or a negative errno of the sorter.
 */
static int take_line(struct input *in, struct sorter *sorter, bool allow_empty, const char *line,
		     size_t len, const char **why)
{
	struct gth_record rec = { .domain = GTH_DOMAIN_SHA256, .class = in->class };
	struct list_entry entry;

	if (in->lines == 1 && len >= 3 && !memcmp(line, "\xef\xbb\xbf", 3)) {
		/* the byte order mark that some editors put before the first line */
		line += 3;
		len -= 3;
	}
	if (in->format == LIST_AUTO)
		in->format = list_detect(line, len);
	if (list_parse(in->format, line, len, &entry, why))
		return -EBADMSG;
	in->kind[entry.kind]++;
	if (entry.kind != LIST_SHA256)
		return 0;
	memcpy(rec.digest, entry.digest, sizeof(rec.digest));
	if (!in->empty && gth_empty_denied(rec.domain, rec.class, rec.digest)) {
		if (!allow_empty)
			return -EDOM;
		in->empty = in->lines;
	}
	return sorter_add(sorter, &rec);
}

static int say_failure(const struct input *in, const struct gth_lines *lines, int err,
		       const char *why)
{
	if (err == -EBADMSG) {
		gth_say("%s:%llu: %s; nothing was written (--skip-malformed goes on)", in->name,
			lines->number, why);
		return STATUS_INPUT;
	}
	if (err == -EDOM) {
		gth_say("%s:%llu: " GTH_EMPTY_TEXT
			"; nothing was written (remove the line, or insist with --allow-empty)",
			in->name, lines->number, gth_class_name(in->class));
		return STATUS_INPUT;
	}
	if (err == -E2BIG)
		gth_say("%s: too many entries for this much memory: raise --memory", in->name);
	else
		gth_say("%s: after line %llu: %s", in->name, lines->number, strerror(-err));
	return STATUS_IO;
}

static int read_lines(struct input *in, struct gth_lines *lines, struct sorter *sorter,
		      bool skip_malformed, bool allow_empty, struct gth_progress *progress)
{
	const char *line, *why = NULL;
	size_t len;
	int err;

	while ((err = gth_lines_next(lines, &line, &len))) {
		in->lines++;
		if (err == -EMSGSIZE) {
			why = memchr(line, '\r', GTH_LINE_MAX) ? list_lone_cr : too_long;
			err = -EBADMSG;
		} else if (err > 0) {
			err = take_line(in, sorter, allow_empty, line, len, &why);
		}
		if (err == -EBADMSG && skip_malformed) {
			in->malformed++;
			err = 0;
		}
		if (err) {
			gth_progress_clear(progress);
			return say_failure(in, lines, err, why);
		}
		gth_progress_show(progress, in->name, in->lines, 0);
	}
	return STATUS_OK;
}

/* Logs what went wrong. Return: an exit status. */
int input_read(struct input *in, struct sorter *sorter, bool skip_malformed, bool allow_empty,
	       struct gth_progress *progress)
{
	bool is_stdin = !strcmp(in->path, "-");
	struct gth_lines lines;
	int status;
	int fd = is_stdin ? STDIN_FILENO : open(in->path, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		gth_say("%s: %s", in->name, strerror(errno));
		return STATUS_IO;
	}
	if (gth_lines_init(&lines, fd)) {
		gth_say("%s: %s", in->name, strerror(ENOMEM));
		status = STATUS_IO;
	} else {
		status = read_lines(in, &lines, sorter, skip_malformed, allow_empty, progress);
		gth_lines_free(&lines);
	}
	if (in->empty && !status) {
		gth_progress_clear(progress);
		gth_say("%s:%llu: warning: " GTH_EMPTY_TEXT, in->name, in->empty,
			gth_class_name(in->class));
	}
	if (!is_stdin)
		close(fd);
	return status;
}
