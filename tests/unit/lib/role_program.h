/* SPDX-License-Identifier: GPL-2.0-or-later */
/* role_program.h - the test as the program that it starts for a role of the daemon. */
#ifndef GTH_TEST_ROLE_PROGRAM_H
#define GTH_TEST_ROLE_PROGRAM_H

/* Returns only if the arguments are not those of a role. First in main(). */
void run_as_role(int argc, char **argv);

#endif /* GTH_TEST_ROLE_PROGRAM_H */
