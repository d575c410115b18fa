/* SPDX-License-Identifier: MIT */
/* Calls the pure parts of the core with every possible input: see tests/prove/run. */
#include <__fc_builtin.h>

#include "core/endpoint.h"
#include "core/errnames.h"
#include "core/log_limit.h"
#include "core/log_line.h"
#include "core/settings.h"
#include "core/tcpinfo.h"
#include "core/text.h"
#include "core/verdict.h"

#define UNKNOWN(object) Frama_C_make_unknown((char *)&(object), sizeof(object))

static uint32_t any_word(void)
{
	return (uint32_t)Frama_C_unsigned_int_interval(0, UINT32_MAX);
}

static void any_string(char *string, size_t size)
{
	Frama_C_make_unknown(string, size - 1);
	string[size - 1] = '\0';
}

/* Every length, each at the end of the memory. */
static void prove_endpoint(void)
{
	enum { MOST = 32 };
	uint8_t memory[MOST];
	union socket_name name;

	UNKNOWN(memory);
	for (socklen_t length = 0; length <= MOST; length++) {
		const struct endpoint a = endpoint_of(memory + MOST - length, length);
		const struct endpoint b = endpoint_of(memory, MOST);
		endpoint_start(memory + MOST - length, length);
		endpoint_same(&a, &b);
		endpoint_may_be_self(&a, &b);
		endpoint_is_wildcard(&a);
		endpoint_is_localhost(&a);
		endpoint_name(&a, &name);
		endpoint_last_word(a.family);
	}
	endpoint_of(0, MOST);
}

static void prove_text(void)
{
	struct endpoint end;
	char string[40];
	struct text text;

	UNKNOWN(end);
	UNKNOWN(text.at);
	any_string(string, sizeof(string));
	text.length = Frama_C_unsigned_int_interval(0, TEXT_SIZE - 1);
	text_char(&text, string[0]);
	text_string(&text, string);
	text_safe(&text, string, any_word());
	text_number(&text, Frama_C_unsigned_long_long_interval(0, UINT64_MAX));
	text_endpoint(&text, &end);
	text_utc(&text, Frama_C_long_long_interval(0, INT64_MAX),
		 Frama_C_long_long_interval(0, 999999999));
	text_same(string, string + 20);
	text_after(string, string + 20);
	text_end(&text);
}

static void prove_log_line(void)
{
	char comm[16];
	struct text line;
	uint32_t dropped = 0;
	struct log_limit limit;
	struct log_event event = {.action = "retried",
				  .fd = Frama_C_interval(0, INT32_MAX),
				  .tries = Frama_C_interval(0, INT32_MAX),
				  .result = Frama_C_interval(-4095, INT32_MAX)};

	any_string(comm, sizeof(comm));
	UNKNOWN(limit);
	UNKNOWN(event.self);
	if (!log_limit_take(&limit, any_word(), Frama_C_interval(1, INT32_MAX), &dropped))
		return;
	const struct log_source source = {Frama_C_interval(1, INT32_MAX), comm};
	text_start(&line);
	log_line(&line, &source, &event, dropped);
	log_limit_give_back(&limit, dropped);
}

static void prove_settings(void)
{
	char string[40];
	struct settings settings;
	const char *value;

	any_string(string, sizeof(string));
	settings_start(&settings);
	settings_find(string, &value);
	for (int i = 0; i < SETTINGS; i++)
		settings_set(&settings, &settings_table[i], string);
	settings_finish(&settings);
}

static void prove_verdict(void)
{
	uint32_t range;
	struct settings settings;
	struct tcpinfo info;
	struct dial_state state = {.met_self = Frama_C_interval(0, 1),
				   .pinned = Frama_C_interval(0, 1),
				   .has_port_range = Frama_C_interval(0, 1),
				   .tries = Frama_C_interval(0, 16),
				   .sides_tried = Frama_C_interval(0, 16),
				   .spurious = Frama_C_interval(0, 2)};

	settings_start(&settings);
	settings.mode = (enum mode)Frama_C_interval(MODE_RETRY, MODE_OFF);
	settings.pinned_allowed = Frama_C_interval(0, 1);
	state.outcome = (enum outcome)Frama_C_interval(OUTCOME_OTHER, OUTCOME_NO_PORT);
	verdict_of(&settings, &state);
	verdict_range(any_word(), (uint16_t)Frama_C_interval(1, 65535), verdict_side(&state),
		      &range);
	UNKNOWN(info);
	tcpinfo_can_be_self(&info);
}

void prove(void)
{
	prove_endpoint();
	prove_text();
	prove_log_line();
	prove_settings();
	prove_verdict();
}
