/* SPDX-License-Identifier: MIT */
/* The probe dial under an older name. */
#include "dial.c"
