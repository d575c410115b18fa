/* SPDX-License-Identifier: MIT */
/* The smallest library there is, for what mapping one costs. */
extern int empty_library;
int empty_library = 1;
