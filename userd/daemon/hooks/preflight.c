// SPDX-License-Identifier: GPL-2.0-or-later
/* preflight.c - can this kernel be protected? (see preflight.h) */
#include "daemon/hooks/preflight.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/host/sysfs.h"

#define SECURITY_LSM "/sys/kernel/security/lsm"
#define KALLSYMS "/proc/kallsyms"

/* Is @word one of the words of a comma-separated line in @path? -1: unknown. */
static int list_has(const char *path, const char *word)
{
	FILE *f = fopen(path, "re");
	char line[1024], *rest, *w;
	int found = 0;

	if (!f)
		return -1;
	if (fgets(line, sizeof(line), f))
		for (w = strtok_r(line, ",\n", &rest); w && !found;
		     w = strtok_r(NULL, ",\n", &rest))
			found = !strcmp(w, word);
	fclose(f);
	return found;
}

/* -1: unknown. */
static int has_symbol(const char *name)
{
	FILE *f = fopen(KALLSYMS, "re");
	char line[1024], symbol[512];
	bool any = false;
	int found = 0;

	if (!f)
		return -1;
	while (!found && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%*x %*c %511s", symbol) == 1) {
			any = true;
			found = !strcmp(symbol, name);
		}
	}
	fclose(f);
	return any ? found : -1;
}

/**
 * gth_preflight() - can this kernel be protected?
 *
 * A sleepable program that hashes may be preempted, and other tasks of the same
 * CPU must then still pass through the hook. Kernels before 6.2 skipped a
 * program that was already running on the CPU; the fix ("bpf: Remove
 * prog->active check for bpf_lsm and bpf_iter", in 6.2 and in Debian's 6.1)
 * moved the check into functions of their own, by whose presence a fixed kernel
 * is recognized.
 *
 * Return: NULL, or a sentence that says why not and what to do.
 */
const char *gth_preflight(void)
{
	if (!gth_sysfs_present())
		return "the module is not loaded (or switched off): modprobe gotthard";
	if (!list_has(SECURITY_LSM, "bpf"))
		return "the BPF LSM is not active: add bpf to lsm= on the kernel command line (see " SECURITY_LSM
		       ") and boot again";
	if (!has_symbol("__bpf_prog_enter_sleepable_recur"))
		return "this kernel skips a BPF LSM program while another task sleeps in it, so "
		       "opens would not be judged: update the kernel (6.2 or newer, or a 6.1 "
		       "that has the fix)";
	return NULL;
}
