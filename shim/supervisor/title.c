/* SPDX-License-Identifier: MIT */
/* What ps shows of the supervisor, which would else look like a second launcher. */
#include "title.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "core/sys.h"
#include "core/text.h"

enum { ARGUMENTS_START = 48, ENVIRONMENT_END = 51 }; /* fields of /proc/PID/stat, from 1 on */

/* The field that follows `field` more spaces after the name in parentheses. */
static uintptr_t stat_field(const char *stat, int field)
{
	const char *at = strrchr(stat, ')');

	for (int i = 2; at && i < field; i++)
		at = strchr(at + 1, ' ');
	return at ? (uintptr_t)strtoull(at, NULL, 10) : 0;
}

void title_set(int launcher)
{
	char stat[1024];
	struct text title;

	prctl(PR_SET_NAME, "noself-super");
	const long fd = sys_open("/proc/self/stat", O_RDONLY | O_CLOEXEC, 0);
	const long length = fd < 0 ? -1 : sys_read((int)fd, stat, sizeof(stat) - 1);
	if (fd >= 0)
		sys_close((int)fd);
	stat[length > 0 ? length : 0] = '\0';
	const uintptr_t start = stat_field(stat, ARGUMENTS_START);
	const uintptr_t end = stat_field(stat, ENVIRONMENT_END);
	if (start == 0 || end <= start)
		return;
	text_start(&title);
	text_string(&title, "noself: supervisor of ");
	text_number(&title, (uint64_t)launcher);
	const size_t room = end - start - 1;
	memset((char *)start, 0, end - start); /* NOLINT(performance-no-int-to-ptr) */
	memcpy((char *)start, title.at, title.length < room ? title.length : room);
}
