/* SPDX-License-Identifier: MIT */
/* Starts the supervisor's process and gives it the listener of this process's filter. */
#pragma once

#include "core/log.h"

/* Why a command is not supervised. */
enum refusal {
	REFUSED_NOT,
	REFUSED_NO_PROCESS, /* no process or socket for the supervisor */
	REFUSED_NO_ACCESS,  /* the supervisor may not look at this process */
	REFUSED_CHILDREN,   /* Yama keeps the supervisor from all but this very process */
	REFUSED_NO_SECCOMP, /* a filter cannot be installed */
	REFUSED_OTHER,      /* another supervisor's filter is there already */
	REFUSED_NO_ANSWER,  /* the filter is installed, but no dial is answered */
	REFUSALS,
};

/* Whether a filter could be installed in this process, which stays as it is. */
enum refusal handover_try(void);

/*
 * Hands over. The process stays as it was where that is refused, but for the last reason, and for
 * REFUSED_CHILDREN, which is no refusal.
 */
enum refusal handover(const struct context *context);
