#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs CPython's own tests without the library and with it, side by side, and compares them one by one.

usage: cpython.py LIBRARY TEST...     such as: cpython.py build/libnoself.so test_socket test_ssl

A test whose results differ is run again alone, both ways, a few times: one that then ends the same
way both times is named as unsteady, any other makes the exit status 1. The tests run in a network
namespace without a way out, with nothing but lo.
"""

import collections
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

PYTHON = "/usr/bin/python3.11"  # whose tests libpython3.11-testsuite has
JOBS = "6"  # most of them wait most of the time
RERUNS = 5
DEADLINE = 1200  # seconds for one run
# Sockets of virtual machines depend on the host.
LEFT_OUT = "*VSOCK*"
# These require the resource "network" although they use only loopback.
LOCAL_NETWORK = {"test_socketserver"}

IN_A_NAMESPACE = ["unshare", *([] if os.geteuid() == 0 else ["-Ur"]), "-n", "sh", "-c",
                  'PATH=$PATH:/sbin:/usr/sbin; ip link set lo up && exec "$@"', "sh"]


class Run:
    """One run of regrtest, under way."""

    def __init__(self, library, names, only=()):
        self.directory = tempfile.TemporaryDirectory(prefix="noself-cpython-")
        self.report = os.path.join(self.directory.name, "report.xml")
        # Not "network": that needs the internet.
        resources = "network" if set(names) <= LOCAL_NETWORK else "cpu"
        matching = [word for test in only for word in ("-m", test)]
        command = [PYTHON, "-m", "test", "-u", resources, "-j", JOBS, "-i", LEFT_OUT, *matching,
                   "--tempdir", self.directory.name, "--junit-xml", self.report, *names]
        if library:
            # "env" sets LD_PRELOAD, so the namespace's shell runs without it.
            command = ["env", "LD_PRELOAD=" + library, *command]
        with open(os.path.join(self.directory.name, "output"), "wb") as output:
            self.process = subprocess.Popen([*IN_A_NAMESPACE, *command], stdin=subprocess.DEVNULL,
                                            stdout=output, stderr=subprocess.STDOUT)

    def results(self):
        """{test id: sorted list of its results}; a test id may occur more than once."""
        try:
            self.process.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            self.process.terminate()
            self.process.wait()
        results = collections.defaultdict(list)
        try:
            report = xml.etree.ElementTree.parse(self.report)
        except (OSError, xml.etree.ElementTree.ParseError):
            with open(os.path.join(self.directory.name, "output"), errors="replace") as output:
                sys.stderr.write(output.read()[-2000:])
            sys.exit("cpython.py: a run ended with %d and no report" % self.process.returncode)
        for case in report.iter("testcase"):
            kinds = {child.tag for child in case} & {"skipped", "failure", "error"}
            results[case.get("name")].append("+".join(sorted(kinds)) or "passed")
        self.directory.cleanup()
        return {name: sorted(result) for name, result in results.items()}


def both_ways(library, names, only=()):
    baseline, preloaded = Run(None, names, only), Run(library, names, only)
    return baseline.results(), preloaded.results()


def steady_difference(library, test):
    """Whether a test that differed goes on doing so, when it is run alone."""
    parts = test.split(".")
    module = ".".join(parts[1:3]) if parts[1] == "test_asyncio" else parts[1]
    runs = (both_ways(library, [module], [test]) for _ in range(RERUNS))
    return not any(baseline == preloaded and baseline for baseline, preloaded in runs)


def modules(name):
    """test_asyncio as its modules, so that they run side by side."""
    directory = os.path.join("/usr/lib/python3.11/test", name)
    files = sorted(os.listdir(directory)) if os.path.isdir(directory) else []
    return [name + "." + f[:-3] for f in files if f[:5] == "test_" and f[-3:] == ".py"] or [name]


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    library = os.path.abspath(sys.argv[1])
    names = [module for name in sys.argv[2:] for module in modules(name)]
    baseline, preloaded = {}, {}
    for batch in ([n for n in names if n not in LOCAL_NETWORK],
                  [n for n in names if n in LOCAL_NETWORK]):
        if batch:
            for results, more in zip((baseline, preloaded), both_ways(library, batch)):
                results.update(more)

    counts = collections.Counter(kind for result in baseline.values() for kind in result)
    different = [test for test in sorted({*baseline, *preloaded})
                 if baseline.get(test) != preloaded.get(test)]
    broken = [test for test in different if steady_difference(library, test)]
    for test in different:
        print("%s: baseline %s, preloaded %s%s" % (test, baseline.get(test, "not run"),
                                             preloaded.get(test, "not run"),
                                             "" if test in broken else "; the same when run again"))
    print("%d tests: baseline %s; %d differ" % (
        sum(counts.values()), ", ".join("%d %s" % (counts[kind], kind) for kind in sorted(counts)),
        len(broken)))
    sys.exit(1 if broken or not baseline else 0)


main()
