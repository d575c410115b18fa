/* SPDX-License-Identifier: MIT */
/* Programs that run in secure-execution mode, in which the loader ignores LD_PRELOAD. */
#pragma once

enum privilege {
	PRIVILEGE_NONE,
	PRIVILEGE_USER,         /* its set-user-ID bit would change the user */
	PRIVILEGE_GROUP,        /* its set-group-ID bit would change the group */
	PRIVILEGE_CAPABILITIES, /* it would be given file capabilities */
	PRIVILEGE_CALLER,       /* this process itself has changed its user or group */
};

/*
 * Which of these holds when this process runs `file`. The kernel asks whether the ids change: root
 * may run a set-user-ID root program, and one with file capabilities, with the library.
 */
enum privilege privilege_of(const char *file);
