// SPDX-License-Identifier: GPL-2.0-or-later
/* role_program.c - the test as the program that it starts for a role of the daemon. */
#include <string.h>
#include <unistd.h>

#include "tests/unit/lib/role_program.h"

#include "daemon/role.h"

void run_as_role(int argc, char **argv)
{
	const struct gth_role_options o = { .device = NULL };
	enum gth_role role;

	if (argc < 5 || strcmp(argv[1], "--role"))
		return;
	_exit(gth_role_parse(argv[2], &role) ? 2 : gth_role_run(role, &o));
}
