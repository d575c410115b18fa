/* SPDX-License-Identifier: MIT */
/* What the library reads once, when it is loaded: the settings and the next functions. */
#include "load.h"

#include <errno.h>
#include <stdatomic.h>

#include "environment.h"
#include "log_path.h"

/* Set by the constructor and published through load_done; valid as long as the process runs. */
static struct load at_start;
static struct log_limit log_limit;
const struct load *_Atomic load_done;

static void read_all(struct load *load, bool report_errors)
{
	const int errno_before = errno;
	next_find(&load->next);
	environment_read(&load->context, report_errors);
	load->context.log_limit = &log_limit;
	errno = errno_before;
}

const struct load *load_get(struct load *early)
{
	const struct load *done = atomic_load_explicit(&load_done, memory_order_acquire);
	if (done)
		return done;
	read_all(early, false);
	return early;
}

__attribute__((constructor)) static void load_start(void)
{
	read_all(&at_start, true);
	log_path_keep(&at_start.context.settings);
	atomic_store_explicit(&load_done, &at_start, memory_order_release);
}
