/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * knobs.h - every knob of policy, once.
 *
 * The enum, the table of the knobs, the files in sysfs and the module's
 * parameters are all made from this list. Its order is that of the files.
 *
 *   WORDS(ID, name, words, initial)         one of the words in core/policy.c
 *   NUMBER(ID, name, least, most, initial)  a decimal number
 *   HOOK(ID, name)                          0 or 1, initially 1; in policy/hooks/
 */
#ifndef GTH_KNOBS_H
#define GTH_KNOBS_H

#define GTH_KNOBS(WORDS, NUMBER, HOOK)							\
	WORDS(MODE, mode, mode_words, GTH_MODE_MONITOR)					\
	WORDS(MALICIOUS, malicious, action_words, GTH_ACTION_DENY)			\
	WORDS(SUSPICIOUS, suspicious, action_words, GTH_ACTION_ALLOW)			\
	WORDS(OPEN_SCOPE, open_scope, scope_words, GTH_SCOPE_CODE)			\
	WORDS(OPEN_UNKNOWN, open_unknown, hold_words, GTH_ACTION_ALLOW)			\
	WORDS(EXEC_UNKNOWN, exec_unknown, hold_words, GTH_ACTION_ALLOW)			\
	WORDS(KERNEL_UNKNOWN, kernel_unknown, hold_words, GTH_ACTION_ALLOW)		\
	NUMBER(HOLD_TIMEOUT_MS, hold_timeout_ms, GTH_HOLD_MS_MIN, GTH_HOLD_MS_MAX, 5000) \
	WORDS(HOLD_EXPIRED, hold_expired, action_words, GTH_ACTION_ALLOW)		\
	WORDS(NO_DAEMON, no_daemon, action_words, GTH_ACTION_ALLOW)			\
	NUMBER(MAX_HASH_BYTES, max_hash_bytes, GTH_HASH_BYTES_MIN, GTH_HASH_BYTES_MAX,	\
	       256ULL << 20)								\
	WORDS(OVERSIZE, oversize, action_words, GTH_ACTION_ALLOW)			\
	WORDS(UNVERSIONED_FS, unversioned_fs, unversioned_words, GTH_UNVERSIONED_HASH)	\
	WORDS(FUSE, fuse, fuse_words, GTH_FUSE_UNKNOWN)					\
	HOOK(OPEN, open)								\
	HOOK(EXEC, exec)								\
	HOOK(MMAP, mmap)								\
	HOOK(KERNEL_READ, kernel_read)

#endif /* GTH_KNOBS_H */
