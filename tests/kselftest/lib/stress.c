// SPDX-License-Identifier: GPL-2.0-or-later
/* stress.c - processes that work against each other (see stress.h). */
#include "stress.h"

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

/* gth_stress() - an empty one; starts the random numbers and prints their seed */
struct gth_stress *gth_stress(void)
{
	gth_random_start();
	return gth_shared(sizeof(struct gth_stress));
}

/* gth_stress_fault() - something is wrong: counted, and told if it is the first */
void gth_stress_fault(struct gth_stress *stress, const char *format, ...)
{
	va_list args;

	if (__atomic_fetch_add(&stress->faults, 1, __ATOMIC_SEQ_CST))
		return;
	va_start(args, format);
	vsnprintf(stress->fault, sizeof(stress->fault), format, args);
	va_end(args);
}

static void work(struct gth_stress *stress, struct gth_actor *actor, gth_round round, void *arg)
{
	while (!__atomic_load_n(&stress->stop, __ATOMIC_SEQ_CST)) {
		round(arg);
		/* An actor that has done its share goes on, and leaves more room for others. */
		if (__atomic_add_fetch(&actor->rounds, 1, __ATOMIC_SEQ_CST) > actor->goal)
			gth_pause((unsigned int)gth_random(400000));
	}
}

/**
 * gth_stress_add() - start an actor
 * @stress: where the actor is added
 * @name: for messages
 * @goal: rounds that it is to do; it goes on until all have done theirs
 * @round: called over and over, in a process of its own
 * @arg: for @round
 */
int gth_stress_add(struct gth_stress *stress, const char *name, unsigned int goal, gth_round round,
		   void *arg)
{
	struct gth_actor *actor = &stress->actor[stress->n];
	uint64_t seed = random_u64();
	pid_t parent = getpid(), pid;

	if (stress->n == GTH_STRESS_MAX)
		return -ENOSPC;
	*actor = (struct gth_actor) { .name = name, .goal = goal };
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		return -errno;
	if (!pid) {
		/* The end of the test, by any cause, ends its actors. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(1);
		random_state = seed;
		work(stress, actor, round, arg);
		_exit(0);
	}
	actor->pid = pid;
	stress->n++;
	return 0;
}

static const struct gth_actor *behind(const struct gth_stress *stress)
{
	for (unsigned int i = 0; i < stress->n; i++) {
		const struct gth_actor *a = &stress->actor[i];

		if (__atomic_load_n(&a->rounds, __ATOMIC_SEQ_CST) < a->goal)
			return a;
	}
	return NULL;
}

static bool died(const struct gth_stress *stress)
{
	siginfo_t info = { .si_pid = 0 };

	for (unsigned int i = 0; i < stress->n; i++)
		if (!waitid(P_PID, (id_t)stress->actor[i].pid, &info,
			    WEXITED | WNOHANG | WNOWAIT) &&
		    info.si_pid)
			return true;
	return false;
}

/* gth_stress_wait() - until every actor has done what it is to do, or something is wrong */
void gth_stress_wait(struct gth_stress *stress)
{
	while (behind(stress) && !died(stress) &&
	       !__atomic_load_n(&stress->faults, __ATOMIC_SEQ_CST))
		gth_pause(50000);
}

/* gth_stress_end() - stop them; how many did not end as they should */
int gth_stress_end(struct gth_stress *stress)
{
	int wrong = 0;

	__atomic_store_n(&stress->stop, true, __ATOMIC_SEQ_CST);
	for (unsigned int i = 0; i < stress->n; i++) {
		const struct gth_actor *a = &stress->actor[i];
		int status = gth_wait_child(a->pid);

		if (status) {
			printf("# %s ended with %d\n", a->name, status);
			wrong++;
		}
	}
	if (stress->faults)
		printf("# %u faults, the first: %s\n", stress->faults, stress->fault);
	fflush(stdout);
	return wrong;
}
