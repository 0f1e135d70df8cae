/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * gotthard.h - the one ABI header: the kernel module, the BPF programs and
 * user space include it, and nothing else describes a shared record.
 *
 * Every record has a fixed size, no implicit padding and naturally aligned
 * members; kmod/main.c asserts the layouts at build time and tests/abi compares
 * the BTF of the module, of the BPF object and of the programs.
 *
 * Long because it is the only header of the ABI.
 */
#ifndef _UAPI_LINUX_GOTTHARD_H
#define _UAPI_LINUX_GOTTHARD_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define GTH_ABI_VERSION		2
#define GTH_DIGEST_SIZE		32	/* bytes; SHA-256 in every domain */
#define GTH_COMM_SIZE		16	/* bytes, NUL included; TASK_COMM_LEN */
#define GTH_PATH_SIZE		512	/* bytes, NUL included; the tail is kept */
#define GTH_VALUE_SIZE		32	/* bytes, NUL included; a policy value */
#define GTH_NAME_SIZE		32	/* bytes, NUL included; a database's name */

/* The use that a task makes of the file. */
enum gth_op {
	GTH_OP_OPEN,		/* opened for reading */
	GTH_OP_EXEC,		/* opened for, or passed to, execve(2) */
	GTH_OP_MMAP,		/* mapped with PROT_EXEC */
	GTH_OP_MPROTECT,	/* an existing mapping gains PROT_EXEC */
	GTH_OP_KERNEL,		/* module, firmware or kexec image */
	GTH_OP_MAX
};

/* The data that a digest covers; part of the key of every table entry. */
enum gth_domain {
	GTH_DOMAIN_NONE,
	GTH_DOMAIN_SHA256,	/* SHA-256 of the file's content */
	GTH_DOMAIN_FSVERITY,	/* fs-verity file digest with SHA-256 */
	GTH_DOMAIN_MAX
};

enum gth_class {
	GTH_CLASS_UNKNOWN,	/* in no table */
	GTH_CLASS_TRUSTED,
	GTH_CLASS_SUSPICIOUS,
	GTH_CLASS_MALICIOUS,
	GTH_CLASS_MAX
};

enum gth_action {
	GTH_ACTION_ALLOW,
	GTH_ACTION_DENY,
	GTH_ACTION_HOLD,	/* wait for a verdict */
	GTH_ACTION_MAX
};

enum gth_mode {
	GTH_MODE_OFF,
	GTH_MODE_MONITOR,	/* decide and log, never deny */
	GTH_MODE_ENFORCE,
	GTH_MODE_MAX
};

/* Why a decision is what it is. */
enum gth_reason {
	GTH_REASON_NONE,
	GTH_REASON_CLASS,	/* the class found and the policy for it */
	GTH_REASON_MODE_OFF,	/* policy/mode is off */
	GTH_REASON_HOOK_OFF,	/* policy/hooks/<hook> is 0 */
	GTH_REASON_SCOPE,	/* policy/open_scope leaves this file out */
	GTH_REASON_OVERSIZE,	/* larger than policy/max_hash_bytes */
	GTH_REASON_UNVERSIONED,	/* policy/unversioned_fs is skip */
	GTH_REASON_HOT,		/* rewritten too often to be hashed at each open */
	GTH_REASON_NO_DAEMON,	/* a hold, and no daemon to answer it */
	GTH_REASON_HOLD_EXPIRED, /* a hold, and no answer in time */
	GTH_REASON_ERROR,	/* could not be hashed: judged as unknown, or denied if disturbed */
	GTH_REASON_UNJUDGED,	/* no verdict at hand where sleeping is not allowed */
	GTH_REASON_EXEMPT,	/* the daemon's own task */
	GTH_REASON_FLOOR,	/* init is never denied a file that is not listed */
	GTH_REASON_KILLED,	/* the task was killed while it waited */
	GTH_REASON_FUSE,	/* policy/fuse: content made by a process is not hashed */
	GTH_REASON_EMPTY,	/* opened while nothing is in it: nothing can be read */
	GTH_REASON_MEMORY,	/* a memfd mapped as code: beyond a bound it is as free as memory */
	GTH_REASON_PSEUDO,	/* the kernel makes its content: procfs, sysfs and their like */
	GTH_REASON_MAX
};

/*
 * Where a class comes from, in the order of rank: of what several sources say of a
 * digest, the highest counts, and no source replaces or forgets what another said.
 */
enum gth_source {
	GTH_SOURCE_NONE,
	GTH_SOURCE_REGION,	/* a verdict of the region, signed by it */
	GTH_SOURCE_TABLE,	/* the signature table */
	GTH_SOURCE_ROOT,	/* a verdict written by the administrator */
	GTH_SOURCE_MAX
};

enum gth_event_type {
	GTH_EVENT_DECISION,	/* a denial, a would-be denial or a hold */
	GTH_EVENT_POLICY,	/* path is the knob, old_value and new_value its values */
	GTH_EVENT_TABLE,	/* loaded, dropped, refused (error) or expired */
	GTH_EVENT_ERROR,	/* error is a negative errno, path what it was met on */
	GTH_EVENT_HOOKS,	/* old_value and new_value: how many hooks the module keeps */
	GTH_EVENT_VERDICT,	/* root's for digest: old_value and new_value are its classes */
	GTH_EVENT_MAX
};

#define GTH_EVENT_F_WOULD_DENY	(1U << 0)	/* monitor: allowed, enforce would deny */
#define GTH_EVENT_F_PATH_TAIL	(1U << 1)	/* path holds only the last bytes of it */
#define GTH_EVENT_F_CACHED	(1U << 2)	/* the decision did not need a new hash */

/*
 * One event, as it stands in the BPF ring buffer (map "events").
 * Strings end with a NUL and are padded with NULs.
 */
struct gth_event {
	__u64	time_ns;		/* CLOCK_REALTIME */
	__u32	type;			/* enum gth_event_type */
	__u32	flags;			/* GTH_EVENT_F_* */
	__u8	op;			/* enum gth_op */
	__u8	action;			/* enum gth_action, what enforce would do */
	__u8	reason;			/* enum gth_reason */
	__u8	class;			/* enum gth_class */
	__u8	source;			/* enum gth_source */
	__u8	domain;			/* enum gth_domain, of digest */
	__u8	mode;			/* enum gth_mode in force */
	__u8	reserved;
	__u32	pid;			/* thread group id, initial pid namespace */
	__u32	tid;
	__u32	uid;			/* initial user namespace */
	__s32	error;			/* 0 or a negative errno */
	__u64	dev;			/* new_encode_dev() of the file's superblock */
	__u64	ino;
	__u64	size;			/* bytes */
	__u64	cgroup;			/* cgroup v2 id */
	__u64	generation;		/* the one decided under */
	__u64	table_version;		/* 0: no table */
	__u8	digest[GTH_DIGEST_SIZE];
	char	comm[GTH_COMM_SIZE];
	char	old_value[GTH_VALUE_SIZE];
	char	new_value[GTH_VALUE_SIZE];
	char	path[GTH_PATH_SIZE];
};

/*
 * read(2) on /dev/gotthard, by the descriptor of GTH_IOC_SERVE: files for which
 * tasks wait, as many records as fit, each digest once. poll(2) reports them.
 * The first task to ask is the one described. A verdict for the digest, written
 * by any descriptor, lets all waiting tasks go on; UNKNOWN lets them go by
 * hold_expired.
 * EINVAL   less room than a record
 * ENOTCONN the descriptor does not serve
 * EAGAIN   O_NONBLOCK, and no task waits
 * EMFILE, ENFILE, ENOMEM, EFAULT   no record was handed out, and none is lost
 */
struct gth_request {
	__u64	id;			/* rises, never reused */
	__u32	size_of_record;		/* sizeof(struct gth_request) */
	__s32	fd;			/* the reader's, read-only, on that very file; or -errno */
	__u8	op;			/* enum gth_op */
	__u8	domain;			/* enum gth_domain, of digest */
	__u8	reserved[6];
	__u64	dev;
	__u64	ino;
	__u64	i_version;
	__u64	size;			/* bytes */
	__u64	cgroup;
	__u32	pid;
	__u32	uid;
	__u8	digest[GTH_DIGEST_SIZE];
	char	comm[GTH_COMM_SIZE];
	char	path[GTH_PATH_SIZE];
};

/*
 * write(2) on /dev/gotthard: an array of verdicts, taken all or none. Those of
 * ROOT and those of REGION are kept apart: each is replaced and forgotten by its
 * own kind only, and the region's counts again once root's is forgotten. Each
 * record of ROOT is an event.
 * EINVAL  the length is not a multiple of the record or 0, or a record has an
 *         unknown domain or class, another source, or a reserved byte set
 * EPERM   a record of ROOT, by a descriptor of GTH_IOC_REGION
 * E2BIG   more than GTH_VERDICTS_PER_WRITE records
 * ENOSPC  more of one source than the overlay may hold; nothing was taken
 */
struct gth_verdict {
	__u8	digest[GTH_DIGEST_SIZE];
	__u8	domain;			/* enum gth_domain */
	__u8	class;			/* enum gth_class; UNKNOWN forgets a verdict */
	__u8	source;			/* enum gth_source: ROOT or REGION */
	__u8	reserved[5];		/* 0 */
	__u64	expires;		/* Unix time in s; 0: never */
};

#define GTH_VERDICTS_PER_WRITE	1024

/*
 * GTH_IOC_VERDICTS: read the verdicts that are held, part by part. A verdict that
 * is there from the first call to the last is given once.
 */
struct gth_verdict_list {
	__u32	size;			/* in: sizeof(struct gth_verdict_list) */
	__u32	n;			/* in: room for so many records; out: so many were given */
	__u64	cursor;			/* in: 0, or that of the call before; out: 0: the end */
	__u64	records;		/* in: address of an array of struct gth_verdict */
};

/* Room that is enough for a call whatever is held. */
#define GTH_VERDICTS_PER_READ	1024

/* In flags: take a version below the highest one, which it replaces as such. */
#define GTH_LOAD_ROLLBACK	(1U << 0)

/* GTH_IOC_LOAD: replace the signature table. */
struct gth_load {
	__u32	size;			/* sizeof(struct gth_load) */
	__u32	flags;			/* 0 or GTH_LOAD_ROLLBACK */
	__s32	manifest_fd;
	__s32	body_fd;
	__s32	signature_fd;		/* a detached PKCS#7 signature of the manifest; -1: none */
	__u32	reserved;		/* 0 */
};

/* The highest release of one name: an older one is not loaded. */
struct gth_floor {
	char	name[GTH_NAME_SIZE];	/* padded with NULs */
	__u64	version;		/* 1 to 2^63-1 */
	__u8	body_digest[GTH_DIGEST_SIZE];
};

/* GTH_IOC_FLOORS gives all floors; GTH_IOC_RAISE raises those that are lower. */
#define GTH_FLOORS_MAX		16	/* names */

struct gth_floors {
	__u32	size;			/* in: sizeof(struct gth_floors) */
	__u32	n;			/* how many of floor; in for RAISE, out for FLOORS */
	struct gth_floor floor[GTH_FLOORS_MAX];
};

/* GTH_IOC_INFO */
struct gth_info {
	__u32	abi_version;		/* GTH_ABI_VERSION */
	__u32	mode;			/* enum gth_mode */
	__u64	generation;
	__u64	table_version;		/* 0: no table */
	__u64	entries;
	__u64	bytes;			/* of memory for the table */
	__u64	created;		/* Unix time in s */
	__u64	expires;		/* Unix time in s */
	__u64	verdicts;		/* live records in the overlay, of both sources */
	char	name[GTH_NAME_SIZE];
};

/*
 * GTH_IOC_EXPLAIN: judge a file as the hook for op would, change nothing.
 * The descriptor may be O_PATH, so a denied file can be explained.
 */
struct gth_explain {
	__u32	size;			/* in: sizeof(struct gth_explain) */
	__s32	fd;			/* in */
	__u32	op;			/* in: enum gth_op */
	__u8	action;			/* what the hook returns now */
	__u8	would;			/* enum gth_action in enforce */
	__u8	reason;			/* enum gth_reason */
	__u8	class;			/* enum gth_class */
	__u8	source;			/* enum gth_source */
	__u8	domain;			/* enum gth_domain, of digest; NONE: not hashed */
	__u8	mode;			/* enum gth_mode */
	__u8	cacheable;		/* 1: the answer may be kept with the inode */
	__s32	error;			/* of hashing: 0 or a negative errno */
	__u64	i_version;
	__u64	file_size;		/* bytes */
	__u64	generation;
	__u64	table_version;		/* 0: no table */
	__u8	digest[GTH_DIGEST_SIZE];
	char	name[GTH_NAME_SIZE];	/* of the table */
};

/*
 * GTH_IOC_HOOKS: the module keeps these BPF links, and no others. A program that
 * is attached by one stays attached whatever becomes of pins and processes.
 */
#define GTH_LINKS_MAX		16

struct gth_hooks {
	__u32	size;			/* sizeof(struct gth_hooks) */
	__u32	n;			/* how many of fd; 0: keep none */
	__s32	fd[GTH_LINKS_MAX];	/* of BPF links */
};

/*
 * All need CAP_SYS_ADMIN in the initial user namespace (EPERM).
 *
 * LOAD     EINVAL   the record or the manifest is malformed
 *          EBADF    a descriptor is not open for reading
 *          ESTALE   version not higher than the highest one loaded under this
 *                   name, and not that very release (version and body digest),
 *                   unless GTH_LOAD_ROLLBACK is set
 *          ENOMSG   no signature was given, and require_signed is set
 *          EILSEQ   the signature is malformed, empty, or longer than 16 KiB
 *          ENOPKG   it is by an algorithm that this kernel lacks
 *          ENOKEY   it is by a key that is not built into the module
 *          EKEYREJECTED  it is not over this manifest, or damaged, or from a time
 *                   at which the certificate in it was not valid
 *                   A signature that was given has to be right whatever
 *                   require_signed says.
 *          ENOSPC   more names of databases than GTH_FLOORS_MAX
 *          EAGAIN   a body that can be read only once did not fit under the key
 *                   that was drawn: try again
 *          ENODATA  the body is shorter than the manifest says
 *          EFBIG    the body is longer, or larger than this module takes
 *          EPROTO   a record is out of order or unknown, or the counts differ
 *          EBADMSG  the body's digest is not the manifest's
 *          ENOMEM   not enough memory beside the table in force
 *          EBUSY    another load is under way
 *          EINTR    a signal came
 *          In every case of error the table in force stays. 0 without a new
 *          load: name, version, expiry and body digest are those of the table in
 *          force.
 * DROP     ENOENT   there is no table
 * EXEMPT   EUSERS   too many exempt processes
 *          The calling process is neither held nor denied while this
 *          descriptor is open.
 * SERVE    EBUSY    another descriptor serves
 *          Requests go to this descriptor until it is closed; then those who
 *          wait go on at once, by no_daemon.
 * EXPLAIN  EINVAL, EBADF; EISDIR: not a regular file
 * HOOKS    EINVAL   the record is malformed, or a descriptor is not a BPF link's
 *          EBADF    a descriptor is not open
 *          In case of error those kept before stay.
 * REGION   From now on, and for ever, the descriptor writes verdicts of REGION
 *          only, and LOAD, DROP, EXEMPT, HOOKS and RAISE by it fail (EPERM).
 * VERDICTS EINVAL   the record or the cursor is malformed
 *          ENOSPC   less room than GTH_VERDICTS_PER_READ, and it was not enough
 *          ENOMEM, EFAULT
 * FLOORS   EINVAL   the record is malformed
 * RAISE    EINVAL   the record is malformed, or a floor's name or version
 *          ENOSPC   more names than GTH_FLOORS_MAX
 *          Floors before the wrong one are raised.
 */
#define GTH_IOC_INFO	_IOR('G', 0x40, struct gth_info)
#define GTH_IOC_LOAD	_IOW('G', 0x41, struct gth_load)
#define GTH_IOC_DROP	_IO('G', 0x42)
#define GTH_IOC_EXEMPT	_IO('G', 0x43)
#define GTH_IOC_EXPLAIN	_IOWR('G', 0x44, struct gth_explain)
#define GTH_IOC_SERVE	_IO('G', 0x45)
#define GTH_IOC_HOOKS	_IOW('G', 0x46, struct gth_hooks)
#define GTH_IOC_REGION	_IO('G', 0x47)
#define GTH_IOC_VERDICTS _IOWR('G', 0x48, struct gth_verdict_list)
#define GTH_IOC_FLOORS	_IOWR('G', 0x49, struct gth_floors)
#define GTH_IOC_RAISE	_IOW('G', 0x4a, struct gth_floors)

/*
 * A body is an array of these, sorted by (domain, digest) as bytes, no two
 * alike: the signature database without its manifest.
 */
struct gth_record {
	__u8	domain;			/* enum gth_domain */
	__u8	digest[GTH_DIGEST_SIZE];
	__u8	class;			/* enum gth_class, not UNKNOWN */
};

/*
 * Between the module and its BPF programs only: what is kept with an inode.
 * 56 bytes is the most that BPF inode storage holds without a larger slab.
 *
 * The module writes it under a spinlock; the BPF warm path reads tag, version,
 * tag, and then the inode's i_version, in this order and without a lock. The
 * writer clears tag before and sets it after the rest. So two equal tags mean
 * that version belongs to them or to another judgement that allowed, and
 * i_version, read last, tells which. x86 keeps loads and stores in order.
 */
struct gth_inode_entry {
	__u64	tag;			/* GTH_TAG(); 0: nothing known */
	__u64	version;		/* i_version without its QUERIED bit */
	__u8	digest[GTH_DIGEST_SIZE];
	__u32	writes;			/* opens for writing, resizings: wraps; GTH_WRITES_* */
	__u32	heat;			/* of hashing for opens; kmod/heat.h */
};

/*
 * generation, a stamp of size and time of modification that shows whether a new
 * version is new content, the digest's domain, and the operations allowed under
 * generation and version
 */
#define GTH_TAG(generation, stamp, domain, ops) \
	((__u64)(__u32)(generation) << 32 | (__u64)(__u16)(stamp) << 16 | \
	 (__u64)(__u8)(domain) << 8 | (__u8)(ops))
#define GTH_TAG_GENERATION(tag)	((__u32)((tag) >> 32))
#define GTH_TAG_STAMP(tag)	((__u16)((tag) >> 16))
#define GTH_TAG_DOMAIN(tag)	((__u8)((tag) >> 8))
#define GTH_TAG_OPS(tag)	((__u8)(tag))
#define GTH_OP_BIT(op)		(1U << (op))

/*
 * In writes. DIRECT: a task could write past the page cache, which may be older than
 * the disk. MAPPED: a task had a shared mapping that could be written to, and may have
 * had the kernel take hold of its pages.
 */
#define GTH_WRITES_DIRECT	(1U << 31)
#define GTH_WRITES_MAPPED	(1U << 30)
#define GTH_WRITES_FLAGS	(GTH_WRITES_DIRECT | GTH_WRITES_MAPPED)

/*
 * In place of writes, which does not count so far: fs-verity protects the content for
 * good, and every page that is in the cache was verified as it was read.
 */
#define GTH_WRITES_VERIFIED	((1U << 30) - 1)

#endif /* _UAPI_LINUX_GOTTHARD_H */
