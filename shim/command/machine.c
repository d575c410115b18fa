/* SPDX-License-Identifier: MIT */
/* The machines that a program may be built for, and where their libraries lie. */
#include "machine.h"

#include <elf.h>
#include <stddef.h>

#define LITTLE_32 ELFCLASS32, ELFDATA2LSB
#define LITTLE_64 ELFCLASS64, ELFDATA2LSB

const struct machine_row machine_table[MACHINES] = {
	{{LITTLE_64, EM_X86_64}, "x86-64", "x86_64-linux-gnu", "x86_64"},
	{{LITTLE_32, EM_386}, "i386", "i386-linux-gnu", "i386"},
	{{LITTLE_32, EM_X86_64}, "x32", "x86_64-linux-gnux32", NULL},
	{{LITTLE_64, EM_AARCH64}, "AArch64", "aarch64-linux-gnu", "aarch64"},
	{{LITTLE_32, EM_ARM}, "32-bit ARM", "arm-linux-gnueabihf", "armhf"},
	{{LITTLE_32, EM_ARM}, "32-bit ARM", "arm-linux-gnueabi", NULL},
	{{LITTLE_64, EM_RISCV}, "RISC-V 64", "riscv64-linux-gnu", "riscv64"},
	{{LITTLE_64, EM_PPC64}, "ppc64le", "powerpc64le-linux-gnu", NULL},
	{{ELFCLASS64, ELFDATA2MSB, EM_S390}, "s390x", "s390x-linux-gnu", NULL},
};

bool machine_same(struct machine a, struct machine b)
{
	return a.class == b.class && a.data == b.data && a.number == b.number;
}

const char *machine_name(struct machine machine)
{
	for (int i = 0; i < MACHINES; i++)
		if (machine_same(machine, machine_table[i].machine))
			return machine_table[i].name;
	return "another machine";
}

bool machine_runs_here(struct machine machine)
{
#if defined(__x86_64__)
	return machine.number == EM_X86_64 || machine.number == EM_386;
#elif defined(__i386__)
	return machine.number == EM_386;
#elif defined(__aarch64__)
	return machine.number == EM_AARCH64 || machine.number == EM_ARM;
#elif defined(__arm__)
	return machine.number == EM_ARM;
#elif defined(__riscv)
	return machine.number == EM_RISCV;
#else
	return false;
#endif
}
