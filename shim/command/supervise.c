/* SPDX-License-Identifier: MIT */
/* The one place where the command meets the supervisor. */
#include "supervise.h"

bool supervise_possible(const struct settings *settings, struct supervise_error *error)
{
	(void)settings;
	error->reason = "this build has no supervisor";
	error->remedy = "use the firewall rule that 'noselfctl ports --nft PORT' prints";
	return false;
}

bool supervise_start(const struct settings *settings, struct supervise_error *error)
{
	return supervise_possible(settings, error);
}
