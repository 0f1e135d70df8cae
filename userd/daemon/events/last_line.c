// SPDX-License-Identifier: GPL-2.0-or-later
/* last_line.c - the end of a file of lines (see last_line.h). */
#include "daemon/events/last_line.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/util/say.h"

#define LINE_MAX_SIZE 16384 /* bytes; longer than any event's */

/* The number of bytes behind the last whole line; -1: unknown. @begin: set to the first of them */
static ssize_t unfinished(const char *path, off_t size, char *begin)
{
	off_t from = size > LINE_MAX_SIZE ? size - LINE_MAX_SIZE : 0;
	char text[LINE_MAX_SIZE], *end;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n;

	if (fd < 0)
		return -1;
	n = pread(fd, text, sizeof(text), from);
	close(fd);
	if (n <= 0 || from + n != size)
		return -1;
	end = memrchr(text, '\n', (size_t)n);
	if (!end && from)
		return -1;
	end = end ? end + 1 : text;
	if (end < text + n)
		*begin = *end;
	return text + n - end;
}

/**
 * gth_last_line_mend() - make sure that the next line begins at the start of a line
 * @fd: of a file that is appended to
 * @path: its name
 *
 * Cuts off the rest of an event that a killed daemon or a power failure left. A rest that is not of
 * an event, or cannot be cut off, is ended with a newline. A failure is only logged: the next
 * events must be written all the same.
 */
void gth_last_line_mend(int fd, const char *path)
{
	struct stat st;
	char begin = 0;
	ssize_t n;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || !st.st_size)
		return;
	n = unfinished(path, st.st_size, &begin);
	if (!n)
		return;
	if (n > 0 && begin == '{' && !ftruncate(fd, st.st_size - n)) {
		gth_say("%s: its last line was not finished: %zd bytes cut off", path, n);
		return;
	}
	if (write(fd, "\n", 1) == 1)
		gth_say("%s: its last line was not finished: ended", path);
	else
		gth_say("%s: its last line is not finished: %s", path, strerror(errno));
}
