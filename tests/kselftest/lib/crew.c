// SPDX-License-Identifier: GPL-2.0-or-later
/* crew.c - processes that work against each other (see crew.h). */
#include "crew.h"

#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../unit/random.h"

/* gth_random_start() - and print the seed */
void gth_random_start(void)
{
	random_start();
}

gth_u64 gth_random(gth_u64 below)
{
	return random_below(below);
}

void gth_random_bytes(void *at, size_t len)
{
	random_bytes(at, len);
}

void gth_pause(unsigned int us)
{
	const struct timespec t = { .tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000L };

	nanosleep(&t, NULL);
}

int gth_become_user(void)
{
	return setgroups(0, NULL) || setresgid(GTH_USER, GTH_USER, GTH_USER) ||
	       setresuid(GTH_USER, GTH_USER, GTH_USER);
}

/* gth_shared() - zeroed memory that children share; never NULL */
void *gth_shared(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		abort();
	return p;
}

/* gth_crew() - an empty one; starts the random numbers and prints their seed */
struct gth_crew *gth_crew(void)
{
	gth_random_start();
	return gth_shared(sizeof(struct gth_crew));
}

/* gth_crew_fault() - something is wrong: counted, and told if it is the first */
void gth_crew_fault(struct gth_crew *crew, const char *format, ...)
{
	va_list args;

	if (__atomic_fetch_add(&crew->faults, 1, __ATOMIC_SEQ_CST))
		return;
	va_start(args, format);
	vsnprintf(crew->fault, sizeof(crew->fault), format, args);
	va_end(args);
}

static void work(struct gth_crew *crew, struct gth_actor *actor, gth_round round, void *arg)
{
	while (!__atomic_load_n(&crew->stop, __ATOMIC_SEQ_CST)) {
		round(arg);
		/* Who has done his share goes on, and leaves more room for others. */
		if (__atomic_add_fetch(&actor->rounds, 1, __ATOMIC_SEQ_CST) > actor->goal)
			gth_pause((unsigned int)gth_random(400000));
	}
}

/**
 * gth_crew_add() - start an actor
 * @crew: the crew
 * @name: for messages
 * @goal: rounds that it is to do; it goes on until all have done theirs
 * @round: called over and over, in a process of its own
 * @arg: for @round
 */
int gth_crew_add(struct gth_crew *crew, const char *name, unsigned int goal, gth_round round,
		 void *arg)
{
	struct gth_actor *actor = &crew->actor[crew->n];
	uint64_t seed = random_u64();
	pid_t parent = getpid(), pid;

	if (crew->n == GTH_CREW_MAX)
		return -ENOSPC;
	*actor = (struct gth_actor) { .name = name, .goal = goal };
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		return -errno;
	if (!pid) {
		/* Whatever ends the test ends its actors. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(1);
		random_state = seed;
		work(crew, actor, round, arg);
		_exit(0);
	}
	actor->pid = pid;
	crew->n++;
	return 0;
}

static const struct gth_actor *behind(const struct gth_crew *crew)
{
	for (unsigned int i = 0; i < crew->n; i++) {
		const struct gth_actor *a = &crew->actor[i];

		if (__atomic_load_n(&a->rounds, __ATOMIC_SEQ_CST) < a->goal)
			return a;
	}
	return NULL;
}

static bool died(const struct gth_crew *crew)
{
	siginfo_t info = { .si_pid = 0 };

	for (unsigned int i = 0; i < crew->n; i++)
		if (!waitid(P_PID, (id_t)crew->actor[i].pid, &info, WEXITED | WNOHANG | WNOWAIT) &&
		    info.si_pid)
			return true;
	return false;
}

/* gth_crew_wait() - until every actor has done what it is to do, or something is wrong */
void gth_crew_wait(struct gth_crew *crew)
{
	while (behind(crew) && !died(crew) && !__atomic_load_n(&crew->faults, __ATOMIC_SEQ_CST))
		gth_pause(50000);
}

/* gth_crew_end() - stop them; how many did not end as they should */
int gth_crew_end(struct gth_crew *crew)
{
	int wrong = 0;

	__atomic_store_n(&crew->stop, true, __ATOMIC_SEQ_CST);
	for (unsigned int i = 0; i < crew->n; i++) {
		const struct gth_actor *a = &crew->actor[i];
		int status = gth_wait_child(a->pid);

		if (status) {
			printf("# %s ended with %d\n", a->name, status);
			wrong++;
		}
	}
	if (crew->faults)
		printf("# %u faults, the first: %s\n", crew->faults, crew->fault);
	fflush(stdout);
	return wrong;
}
