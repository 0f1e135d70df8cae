/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tap.h - the Test Anything Protocol for unit tests in C.
 *
 *	tap_ok(err == -EINVAL, "refuses_leading_zero");
 *	return tap_done();
 *
 * A name states the behaviour. Text after a failure tells what was seen.
 */
#ifndef GTH_TAP_H
#define GTH_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

static int tap_count, tap_failed;

/* A line for people, which harnesses pass over. */
__attribute__((unused, format(printf, 1, 2))) static void tap_note(const char *format, ...)
{
	va_list args;

	fputs("# ", stdout);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

__attribute__((unused)) static bool tap_result(bool ok, const char *name, const char *file,
					       int line)
{
	printf("%sok %d - %s\n", ok ? "" : "not ", ++tap_count, name);
	/* A sanitizer that aborts must not take the lines before it along. */
	fflush(stdout);
	if (!ok) {
		tap_failed++;
		tap_note("failed at %s:%d", file, line);
	}
	return ok;
}

/* Counts a test; its value is that of the condition. */
#define tap_ok(condition, name) tap_result((condition), (name), __FILE__, __LINE__)

/* The same for two whole numbers, which are shown when they differ. */
#define tap_is(got, wanted, name)                                                                  \
	({                                                                                         \
		long long got_ = (long long)(got), wanted_ = (long long)(wanted);                  \
		bool same_ = tap_ok(got_ == wanted_, name);                                        \
		if (!same_)                                                                        \
			tap_note("got %lld, wanted %lld", got_, wanted_);                          \
		same_;                                                                             \
	})

/* A test that cannot run here says why. */
__attribute__((unused)) static void tap_skip(const char *name, const char *why)
{
	printf("ok %d - %s # SKIP %s\n", ++tap_count, name, why);
}

/* Prints the plan. Return: the exit status. A run that breaks off has no plan. */
__attribute__((unused)) static int tap_done(void)
{
	printf("1..%d\n", tap_count);
	if (fflush(stdout) || ferror(stdout))
		return 1;
	return tap_failed || !tap_count;
}

#endif /* GTH_TAP_H */
