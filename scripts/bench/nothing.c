/* SPDX-License-Identifier: MIT */
/* The smallest program there is, for what starting one costs. */
int main(void)
{
	return 0;
}
