/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cache.pml - the inode cache: openers and the tasks that wait for them, against
 * writers, truncaters, mappers, changes of metadata, and the evicter. The code
 * is in kmod/judge.c (snapshot, inspect, keep), kmod/entry.c, kmod/scan.c and
 * bpf/entry.bpf.h; docs/interleavings.md is the table of what is checked.
 *
 * Property: an answer from the entry, a kept digest that is taken and a digest
 * that was just made are those of the content, unless the content changed during
 * this very open. A digest is true when it is published, and the tag is 0 when
 * content changes. So an entry never answers for other content once changes are
 * over.
 *
 * Modelled: each access to shared memory is a step; what the code does under a
 * lock, or in a local variable, is one step with the access before it. A file
 * is two pages of one bit, its digest is both; content 0 is allowed, all other
 * is listed. i_version rises only if it was queried since (the QUERIED bit). The
 * stamp (size and time of modification) is what the file's
 * owner wants it to be: each writer may leave the old one.
 *
 * Abstracted: generation, policy and table (no change), heat, fs-verity, errors,
 * overlayfs, held pages, eviction of pages (they come back the same). An open
 * for reading and writing is a writer and then an opener that finds itself
 * counted. A mapping counts as its file, which stays open for writing, so
 * i_mmap_writable is not looked at. An opener that has seen a writer ends there:
 * its hash leaves nothing. Memory is sequentially consistent; bpf/entry.bpf.h
 * says why x86 suffices. `writes` does not wrap.
 *
 * Switches, by -D:
 *   OPENERS=n ASKERS=n CHANGERS=n TOUCHES=n  how many of each; askers do not hash
 *   KINDS=n     what changers are: 1 writer, 2 truncater, 4 mapper, or a sum
 *   UNSEEN=1    one change that no hook sees; version and stamp tell of it
 *   FAULT_...   a fault that must be found; VARIANT_... a change that must not matter
 */
#ifndef OPENERS
#define OPENERS 2
#endif
#ifndef ASKERS
#define ASKERS 1
#endif
#ifndef CHANGERS
#define CHANGERS 1
#endif
#ifndef TOUCHES
#define TOUCHES 0
#endif
#ifndef KINDS
#define KINDS 7
#endif
#ifndef UNSEEN
#define UNSEEN 0
#endif

#define ALL (OPENERS + ASKERS)

#define CONTENT (page[0] + 2 * page[1])

/* A tag that is not 0: one bit says so, one that the content is allowed, the rest is the stamp. */
#define TAG(digest, stamp) (1 + (digest == 0 -> 2 : 0) + 4 * (stamp))
#define ALLOWS(tag) ((tag) & 2)
#define STAMP(tag) ((tag) >> 2)

/* The inode. */
bit page[2];
byte version;
bit queried;
byte stamp;
byte writers;		/* i_writecount; a mapping keeps its file open, so it counts here too */
byte holders;		/* open files and tasks that look at it: it is not evicted */

/* The entry. The lock is of entry_locks[]; only publishing has steps under it. */
bit exists;
bit locked;
byte e_tag;
byte e_version;
byte e_digest;
byte e_writes;

/* An opener for which others wait is scanning: by_inode of scan.c. */
bit scanned;

/* Openers are alike, so they begin in order, and changers too; askers begin at any time. */
byte begun;
byte changing;

/* The property's own: has the content changed since the open began? Outside of an open always 1. */
bit changed[ALL];

#define TRUE_OF(digest) (changed[me] || (digest) == CONTENT)

inline all_changed()
{
	changed[0] = 1;
#if ALL > 1
	changed[1] = 1;
#endif
#if ALL > 2
	changed[2] = 1;
#endif
#if ALL > 3
#error "changed[] has more openers than all_changed() knows"
#endif
}

/* One page gets other content. */
inline change(n)
{
	d_step {
		assert(!e_tag);
		page[n] = 1 - page[n];
		all_changed();
	}
}

inline rise()
{
	if
	:: queried ->
		version++;
		queried = 0
	:: else
	fi
}

/* inode_update_time() and the like; the file's owner may put the time back at once. */
inline bump()
{
	atomic {
		rise();
		if
		:: stamp = 0
		:: stamp = 1
		fi
	}
}

/* gth_target_version(): notes that it was queried. */
inline note_version(to)
{
	d_step {
		to = version;
		queried = 1
	}
}

/* gth_target_cacheable() */
inline look_for_writers()
{
	cacheable = (writers == 0)
}

/* gth_entry_read() */
inline read_entry()
{
	d_step {
		!locked ->
		s_tag = e_tag;
		s_version = e_version;
		s_digest = e_digest;
		s_writes = e_writes
	}
}

/* The order is the point: the entry, then writers, then version and, in classify_kept(), stamp. */
inline snapshot()
{
#ifdef FAULT_WRITERS_FIRST
	look_for_writers();
	read_entry();
#else
	read_entry();
	look_for_writers();
#endif
	note_version(j_version)
}

inline snapshot_after_wait()
{
#ifdef FAULT_STALE_WRITERS
	read_entry();
	note_version(j_version)
#else
	snapshot()
#endif
}

/* classify_kept(); the entry's copy, but for writes, is not looked at afterwards. */
inline classify_kept(may_wait)
{
	d_step {
		j_stamp = stamp;
		known = cacheable && s_tag && (s_version == j_version || STAMP(s_tag) == j_stamp);
		digest = (known -> s_digest : 0);
#ifndef FAULT_KEPT_NOW
		j_version = (known -> s_version : j_version);
		j_stamp = (known -> STAMP(s_tag) : j_stamp);
#endif
		s_tag = 0;
		s_version = 0;
		s_digest = 0;
		alone = may_wait;
		assert(!known || TRUE_OF(digest))
	}
}

/* gth_entry_publish(); the digest is read under the lock only. */
inline publish()
{
	if
	:: atomic {
#ifdef FAULT_NO_COMPARE
		!locked ->
#else
		!locked && e_writes == s_writes ->
#endif
		locked = 1;
		e_tag = 0
	   }
		e_version = new_version;
		d_step {
			e_digest = digest;
			e_tag = TAG(digest, j_stamp);
			assert(UNSEEN || digest == CONTENT);
			locked = 0
		}
#ifndef FAULT_NO_COMPARE
	:: !locked && e_writes != s_writes
#endif
	fi
}

/* keep(), of a judgement that found the file cacheable before. */
inline keep()
{
#ifdef VARIANT_VERSION_LAST
	look_for_writers();
	note_version(new_version);
#else
	note_version(new_version);
#ifndef VARIANT_ONE_LOOK
	look_for_writers();
#endif
#endif
	if
	:: !cacheable
#if defined VARIANT_NO_WITNESS || defined FAULT_NO_WITNESS
	:: cacheable ->
#else
	:: cacheable && new_version != j_version && stamp != j_stamp
	:: cacheable && (new_version == j_version || stamp == j_stamp) ->
#endif
		publish()
	fi
}

/* The hook's warm path, entry_allows(). A miss is another open, see opener(). */
inline warm()
{
	tag = (exists -> e_tag : 0);
	if
	:: !ALLOWS(tag)
	:: else ->
		new_version = e_version;
		if
#ifdef FAULT_ONE_TAG
		:: true ->
#else
		:: e_tag != tag
		:: e_tag == tag ->
#endif
			assert(version != new_version || TRUE_OF(0))
		fi
	fi
}

/* gth_judge() */
inline judge()
{
	snapshot();
	classify_kept(cacheable);
	/* inspect() */
	do
	:: known || !hashes || !cacheable -> break
	:: else ->
		if
		:: alone && scanned ->
			/* wait_idle(): until the scan has ended, or too long */
			if
			:: !scanned
			:: true
			fi;
			snapshot_after_wait();
			classify_kept(0)
		:: atomic {
			!(alone && scanned) ->
			if
			:: alone ->
				scanned = 1;
				scanning = 1
			:: else
			fi
		   }
			digest = page[0];
			d_step {
				digest = digest + 2 * page[1];
				assert(TRUE_OF(digest));
				known = 1
			}
		fi
	od;
	if
	:: known -> keep()
	:: else		/* an answer by itself, of which nothing stays */
	fi;
	if
	:: scanning -> scanned = 0
	:: else
	fi
}

/*
 * Opens, executes or maps the file: either answered by BPF alone, or missed and
 * judged. A task that does both has no memory of the first in the second, so it
 * is two openers. One that cannot hash (file_mprotect) takes what is kept.
 */
proctype opener(byte me; bit hashes)
{
	byte tag, s_tag, s_version, s_writes, j_version, j_stamp, new_version;
	byte digest, s_digest;
	bit cacheable, alone, scanning, known;

	if
	:: atomic {
		!hashes ->
		holders++;
		changed[me] = 0
	   }
		warm()
	:: atomic {
		!hashes || begun == me ->
		begun = begun + hashes;
		holders++;
		changed[me] = 0;
		exists = 1	/* check_slow(): by BPF_LOCAL_STORAGE_GET_F_CREATE */
	   }
		judge()
	fi;
	/* Values that are not used any more must not make states differ. */
	d_step {
		tag = 0; s_tag = 0; s_version = 0; s_writes = 0; s_digest = 0;
		j_version = 0; j_stamp = 0; new_version = 0; digest = 0;
		cacheable = 0; alone = 0; scanning = 0; known = 0;
		changed[me] = 1;
		holders--
	}
}

/* forget() and gth_entry_forget(); without an entry there is nothing to forget. */
inline forget()
{
	if
	:: d_step {
		exists && !locked ->
		e_tag = 0;
		e_writes++
	   }
	:: !exists
	fi
}

/* get_write_access(), then the hook: file_open or inode_setattr. */
inline begin_change()
{
#ifdef FAULT_FORGET_FIRST
	d_step {
		changing == me ->
		changing++;
		holders++
	}
	forget();
	writers++
#else
	d_step {
		changing == me ->
		changing++;
		holders++;
		writers++
	}
	forget()
#endif
}

inline end_change()
{
	d_step {
		writers--;
		holders--
	}
}

/* The kernel notes the time before it copies to the page cache. */
inline write_page(n)
{
	bump();
	change(n)
}

proctype changer(byte me)
{
	if
#if KINDS & 1
	:: true ->	/* opens, writes, closes */
		begin_change();
		if
		:: true -> write_page(0)
		:: true -> write_page(1)
		:: true -> write_page(0); write_page(1)
		fi;
		end_change()
#endif
#if KINDS & 2
	:: true ->	/* truncate(2), open with O_TRUNC; ftruncate(2) is a writer's */
		begin_change();
		change(1);
		bump();
		end_change()
#endif
#if KINDS & 4
	:: true ->	/* the mapping keeps the file open; stores leave no mark */
		begin_change();
		if
		:: change(0)
		:: change(1)
		:: change(0); change(1)
		fi;
		end_change()
#endif
	fi
}

/* chmod, chown, rename, utimensat: i_version rises, the time is what it is set to. */
proctype toucher()
{
	byte n;

	do
	:: n < TOUCHES ->
		n++;
#if UNSEEN
		atomic { rise() }
#else
		bump()
#endif
	:: else -> break
	od;
	n = 0
}

/* What no hook sees: version and stamp move with the content. */
proctype unseen()
{
	atomic {
		if
		:: page[0] = 1 - page[0]
		:: page[1] = 1 - page[1]
		fi;
		rise();
		stamp++;
		all_changed()
	}
}

/* The inode is evicted and read again: BPF's storage is gone with it. */
proctype evicter()
{
end:
	atomic {
		holders == 0 && exists ->
		exists = 0;
		e_tag = 0;
		e_version = 0;
		e_digest = 0;
		e_writes = 0
	}
}

init {
	byte n;

	atomic {
		all_changed();
		/* Nothing is kept, or the content as it is. */
		if
		:: true
		:: exists = 1;
			queried = 1;
			e_tag = TAG(0, 0)
		fi;
		do
		:: n < ALL ->
			run opener(n, n < OPENERS);
			n++
		:: else -> break
		od;
		n = 0;
		do
		:: n < CHANGERS ->
			run changer(n);
			n++
		:: else -> break
		od;
		n = 0;
#if TOUCHES
		run toucher();
#endif
#if UNSEEN
		run unseen();
#endif
		run evicter()
	}
}
