// SPDX-License-Identifier: GPL-2.0-or-later
/* store_statement.c - without a statement of the region that holds nothing leaves. */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/lib/asked_file.h"
#include "tests/unit/lib/fake_broker.h"
#include "tests/unit/lib/fake_region.h"
#include "tests/unit/lib/keys.h"
#include "tests/unit/lib/must.h"
#include "tests/unit/lib/store_command.h"
#include "tests/unit/lib/store_process.h"
#include "tests/unit/tap.h"

static void no_statement(char *note, const char *name)
{
	struct file f = make_file(SCRIPT "statement", 0);
	json_t *status;

	set_statement(note);
	start();
	ask(&f);
	until(region.orders[GTH_ORDER_STATEMENT] >= 3);
	status = command("status");
	if (!tap_ok(!region.orders[GTH_ORDER_LOOKUP] && !region.orders[GTH_ORDER_CREATE] &&
			    !unknown(&f) &&
			    strcmp(json_string_value(json_object_get(status, "statement")), "ok"),
		    name))
		tap_note("%s", json_string_value(json_object_get(status, "statement")));
	json_decref(status);
	/* The file waits, and goes when the statement holds. */
	set_statement(make_statement(&keys.statement, "CH", 1, 3600));
	tap_ok(until(finding(&f) == GTH_FINDING_BENIGN), "what_waited_goes_when_one_holds");
	stop_by(SIGTERM);
	close(f.fd);
}

static void test_statement(void)
{
	fresh();
	no_statement(make_statement(&keys.statement, "CH", -7200, -3600),
		     "expired_statement_sends_nothing");
	fresh();
	no_statement(make_statement(&keys.statement, "US", 0, 3600),
		     "foreign_statement_sends_nothing");
	fresh();
	no_statement(make_statement(&keys.other, "CH", 0, 3600),
		     "statement_of_another_key_sends_nothing");
	fresh();
	no_statement(strdup("gotthard-region 1\n"), "unsigned_statement_sends_nothing");
	fresh();
	start();
	until(broker.ready == 1 && broker.statements == 1);
	stop_by(SIGTERM);
	memset(region.orders, 0, sizeof(region.orders));
	no_statement(make_statement(&keys.statement, "CH", -600, 3600),
		     "older_statement_sends_nothing");
}

static void test_broker_refuses(void)
{
	static struct gth_message m;
	struct file f = make_file(SCRIPT "refused", 0);

	fresh();
	start();
	until(broker.statements == 1);
	m.type = GTH_MSG_REJECTED;
	m.number = GTH_STATEMENT_EXPIRED;
	m.size = (uint32_t)strlen(region.statement);
	memcpy(m.body, region.statement, m.size);
	must(!gth_message_send(store.broker, &m, -1));
	ask(&f);
	status_of(NULL, "verdicts");
	tap_ok(!region.orders[GTH_ORDER_LOOKUP], "statement_that_the_broker_refuses_sends_nothing");
	stop_by(SIGTERM);
	close(f.fd);
}

int main(void)
{
	make_keys();
	test_statement();
	test_broker_refuses();
	store_end();
	return tap_done();
}
