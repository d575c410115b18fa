/* SPDX-License-Identifier: MIT */
/* Which file stderr was when the program started, and whether descriptor 2 still is that file. */
#include "log_target.h"

#include <stddef.h>

#include "text.h"

uint64_t log_target_device(uint64_t major, uint64_t minor)
{
	return (minor & 0xff) | (major & 0xfff) << 8 | (minor & ~0xffULL) << 12 |
	       (major & ~0xfffULL) << 32;
}

/* JOURNAL_STREAM is "device:inode" in decimal, with stat()'s st_dev as the device. */
static bool names(const char *journal_stream, const struct file_identity *identity)
{
	struct text text;

	text_start(&text);
	text_number(&text, log_target_device(identity->major, identity->minor));
	text_char(&text, ':');
	text_number(&text, identity->inode);
	text_char(&text, '\0');
	return text_same(text.at, journal_stream);
}

struct log_target log_target_of_stderr(const char *journal_stream)
{
	struct log_target target;

	target.known = sys_identity(LOG_TARGET_STDERR, &target.identity) == 0;
	target.is_journal =
		target.known && journal_stream && names(journal_stream, &target.identity);
	return target;
}

bool log_target_is_same(const struct log_target *at_start)
{
	struct file_identity now;
	return at_start->known && sys_identity(LOG_TARGET_STDERR, &now) == 0 &&
	       now.major == at_start->identity.major && now.minor == at_start->identity.minor &&
	       now.inode == at_start->identity.inode;
}
