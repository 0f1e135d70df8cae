/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gth.h - what the in-guest tests share: knobs, counters, tables, verdicts,
 * files to be judged, events.
 *
 * Functions that return int give 0 (or what they say) and -errno. Everything
 * here works in the parent of a test too, so that a fixture's teardown can put
 * back what a test that died has left.
 */
#ifndef GTH_TEST_H
#define GTH_TEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <linux/gotthard.h>

#define GTH_ROOT "/sys/kernel/gotthard/"
#define GTH_DEVICE "/dev/gotthard"
#define GTH_EVENTS "/var/log/gotthard/events.jsonl"
#define GTH_LOG "/tmp/gotthardd.log"
#define GTH_PINS "/sys/fs/bpf/gotthard"
#define GTH_USER 1000 /* uid and gid of a user without any rights */

/* How many times slower than Debian's the kernel is: set for a debug kernel. */
#ifndef GTH_SLOW
#define GTH_SLOW 1
#endif

/* Seconds until a poll gives up: an emulated machine is slow, and others share it. */
#define GTH_PATIENCE (60 * GTH_SLOW)

typedef unsigned long long gth_u64;

/* Knobs. A name is the path below policy/. */
struct gth_knob {
	const char *name;
	const char *const *words; /* NULL: a number */
	gth_u64 min, max;
	const char *initial;
};

extern const struct gth_knob gth_knobs[];
extern const unsigned int gth_knob_count;

int gth_read_line(const char *path, char *line, size_t size);
int gth_write_file(const char *path, const void *data, size_t len);
int gth_create_file(const char *path, const void *data, size_t len);
int gth_overwrite(const char *path, int flags, const void *data, size_t len);
gth_u64 gth_read_number(const char *path);
int gth_set(const char *knob, const char *value);
const char *gth_get(const char *knob);
gth_u64 gth_stat(const char *counter);
gth_u64 gth_table(const char *file);

/* Fixtures: gth_begin() first, gth_end() last. */
struct gth_place {
	char dir[64]; /* of this test alone */
};

int gth_begin(struct gth_place *place, const char *parent);
void gth_end(struct gth_place *place);

bool gth_wait_until(bool (*condition)(void *arg), void *arg);
gth_u64 gth_now(void); /* Unix time in s */

/* Files. */
struct gth_file {
	char path[128];
	uint8_t digest[GTH_DIGEST_SIZE];
};

const char *gth_bare_name(const char *path);
void gth_salt(void *at, size_t len);
void gth_sha256(const void *data, size_t len, uint8_t digest[GTH_DIGEST_SIZE]);
int gth_make(struct gth_file *f, const struct gth_place *place, const char *name, mode_t mode,
	     const void *data, size_t len);
int gth_make_code(struct gth_file *f, const struct gth_place *place, const char *name);
int gth_make_text(struct gth_file *f, const struct gth_place *place, const char *name);
int gth_make_size(struct gth_file *f, const struct gth_place *place, const char *name, size_t len);
int gth_make_script(struct gth_file *f, const struct gth_place *place, const char *name,
		    const char *interpreter);
#define GTH_PROGRAM_SIZE 4096
void gth_program(uint8_t image[GTH_PROGRAM_SIZE], const char *interpreter, unsigned long base,
		 int code);
int gth_make_program(struct gth_file *f, const struct gth_place *place, const char *name,
		     const char *interpreter, int code);
int gth_copy(struct gth_file *f, const struct gth_place *place, const char *name, const char *from);

/* Operations of a test on a file. Each gives 0 if it was allowed. */
int gth_open(const char *path, int flags);    /* opens and closes */
int gth_open_fd(const char *path, int flags); /* a descriptor */
int gth_exec(const char *path);		      /* the program's exit status */
int gth_exec_fd(int fd);
int gth_map(int fd, int prot);
int gth_map_gains_exec(int fd); /* mmap for reading, then mprotect */
int gth_drop_sys_admin(void);
int gth_wait_child(pid_t pid); /* exit status of a child; -EINTR: a signal ended it */

/* io_uring, one request at a time. */
struct gth_ring {
	int fd;
	unsigned int *tail, *done_head, *done_tail, done_mask;
	struct io_uring_sqe *entry;
	struct io_uring_cqe *done;
};

struct io_uring_sqe;
int gth_ring_open(struct gth_ring *r);
int gth_ring_submit(struct gth_ring *r, const struct io_uring_sqe *entry); /* its result */

/* Tables. */
struct gth_db {
	char name[64];
	gth_u64 version, created, expires, body_size;
	gth_u64 count[GTH_CLASS_MAX];
	uint8_t body_digest[GTH_DIGEST_SIZE];
	struct gth_record *record;
	size_t n, room;
};

void gth_db_init(struct gth_db *db);
void gth_db_free(struct gth_db *db);
void gth_db_add(struct gth_db *db, int domain, const uint8_t *digest, int class);
void gth_db_sort(struct gth_db *db);
void gth_db_seal(struct gth_db *db); /* the manifest's facts from the records */
int gth_db_manifest(const struct gth_db *db, char *text, size_t size);
int gth_memory_file(const void *data, size_t len);
int gth_load_fds(int manifest_fd, int body_fd);
int gth_load_parts(const char *manifest, size_t manifest_len, const void *body, size_t body_len);
int gth_db_load(const struct gth_db *db); /* as it stands */
int gth_db_write(const struct gth_db *db, const char *dir);
int gth_list(const struct gth_file *f, int class); /* a table of one file */
int gth_list_two(const struct gth_file *a, const struct gth_file *b, int class);

/* The device. */
int gth_device(void);
int gth_device_call(unsigned long request, void *arg);
int gth_drop(void);
int gth_info(struct gth_info *info);
int gth_explain(const char *path, int op, struct gth_explain *x); /* by O_PATH */
int gth_verdicts(const struct gth_verdict *records, size_t n);
int gth_verdict(const uint8_t *digest, int class, gth_u64 expires); /* root's */
int gth_verdict_by(int source, const uint8_t *digest, int class, gth_u64 expires);

void gth_forget_verdicts(void);

/* Programs. */
pid_t gth_spawn(const char *const argv[], const char *output);
int gth_run(const char *const argv[], const char *output); /* as gth_wait_child() */
pid_t gth_daemon(void);
bool gth_end_daemon(int signal);
pid_t gth_spawn_daemon(void);
bool gth_start_daemon(void);

/* The module, its hooks and what they leave; what programs say goes to GTH_LOG. */
int gth_unload(void);
int gth_modprobe(const char *parameter);
int gth_remove_module(void); /* -EAGAIN or -EBUSY: in use */
bool gth_module_goes(void);
unsigned int gth_bpf_programs(void);
unsigned int gth_bpf_maps(void);
int gth_lines_with(const char *path, const char *word);

/* Kernels with fault injection. */
int gth_fault_setup(void);
void gth_fault_arm(unsigned int nth);
bool gth_fault_struck(void);
int gth_fault_function(const char *function, int err);

/*
 * Events, as the daemon wrote them. gth_events_fence() waits until all that
 * happened before it is in the file and gives the file's length.
 */
off_t gth_events_fence(void);
unsigned int gth_events_count(off_t from, off_t to, const char *const *needles, char *last,
			      size_t size);

#define TMPFS "/tmp"
#define MNT "/mnt"

#endif /* GTH_TEST_H */
