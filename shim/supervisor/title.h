/* SPDX-License-Identifier: MIT */
/* What ps shows of the supervisor, which would else look like a second launcher. */
#pragma once

/*
 * Names this process "noself-super", and "noself: supervisor of PID" on its command line, as far as
 * there is room. Writes over the arguments and the environment that the process was started with.
 */
void title_set(int launcher);
