/* SPDX-License-Identifier: MIT */
/* What the launcher and the supervisor say to each other before the command starts. */
#pragma once

#include <stdint.h>

/* Creates the two ends, closed on exec; 0 or a negative errno. */
int channel_create(int ends[2]);

/* A process that asks to be supervised. */
struct channel_offer {
	int pid, descriptor; /* any that is open there */
	uint64_t address;    /* any that can be read there */
	int listener;        /* -1: it only asks whether it could be */
};

/*
 * The launcher's side: offers this process and waits for the answer, a negative errno where the
 * supervisor may not look at this process; -EPIPE where there is no supervisor, or no answer in
 * time.
 */
int channel_ask(int end, int listener);
enum { CHANNEL_PATIENCE_S = 10 };

/* The supervisor's side: 0, or -1 where there will be no offer any more. */
int channel_receive(int end, struct channel_offer *offer);
void channel_answer(int end, int error);
