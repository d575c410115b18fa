/* SPDX-License-Identifier: MIT */
/* What noself prints about itself. */
#pragma once

#include <stdio.h>

void help_usage(FILE *to);
void help_print(FILE *to);
