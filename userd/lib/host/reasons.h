/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reasons.h - the reasons of decisions, each once, with the words of the programs.
 *
 *   X(ID, name, event, explain, refuse)
 *     ID       of GTH_REASON_ID in the ABI header
 *     name     in events and on command lines
 *     event    in the journal's sentence about an event, behind the class
 *     explain  the answer of gotthardctl explain
 *     refuse   why gotthardctl refuses a change under which an operation would be denied
 *
 * NULL: the name; for CLASS and SCOPE the sentence depends on the class.
 */
#ifndef GTH_LIB_HOST_REASONS_H
#define GTH_LIB_HOST_REASONS_H

/* clang-format off */
#define GTH_REASONS(X) \
	X(NONE, none, NULL, NULL, NULL) \
	X(CLASS, class, NULL, NULL, NULL) \
	X(MODE_OFF, mode_off, NULL, "policy/mode is off", NULL) \
	X(HOOK_OFF, hook_off, NULL, "the switch in policy/hooks is 0", NULL) \
	X(SCOPE, scope, NULL, NULL, NULL) \
	X(OVERSIZE, oversize, \
	  "too large to be hashed", \
	  "it is larger than policy/max_hash_bytes", \
	  "larger than policy/max_hash_bytes") \
	X(UNVERSIONED, unversioned, \
	  "its filesystem does not report changes", \
	  "its filesystem does not report changes, and policy/unversioned_fs is skip", \
	  NULL) \
	X(HOT, hot, NULL, NULL, NULL) \
	X(NO_DAEMON, no_daemon, \
	  "and no daemon answers for unknown files", \
	  "it would be held, and no daemon answers, or it cannot wait (policy/no_daemon)", \
	  "it is unknown, and policy/no_daemon is deny when no daemon answers a hold") \
	X(HOLD_EXPIRED, hold_expired, \
	  "and no verdict came in time", \
	  NULL, \
	  "it is unknown, and policy/hold_expired is deny without a verdict in time") \
	X(ERROR, error, \
	  "it could not be hashed", \
	  "it could not be hashed, and counts as unknown", \
	  "it could not be hashed") \
	X(UNJUDGED, unjudged, \
	  "not judged before, and this operation cannot wait for it", \
	  "there is no verdict at hand", \
	  NULL) \
	X(EXEMPT, exempt, NULL, NULL, NULL) \
	X(FLOOR, floor, NULL, NULL, NULL) \
	X(KILLED, killed, NULL, NULL, NULL) \
	X(FUSE, fuse, \
	  "its content is made by a process and not hashed", \
	  "a process makes its content, so it is not hashed (policy/fuse), and counts as unknown", \
	  NULL) \
	X(EMPTY, empty, NULL, "it is empty, and the empty file is not listed", NULL) \
	X(MEMORY, memory, NULL, \
	  "a program's own memory (memfd), which is judged when it is executed", NULL) \
	X(PSEUDO, pseudo, NULL, "the kernel makes its content, so there is nothing to judge", NULL)
/* clang-format on */

#endif /* GTH_LIB_HOST_REASONS_H */
