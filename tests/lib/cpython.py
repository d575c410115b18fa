#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs CPython's own tests without the library and with it, side by side, and compares them one by one.

usage: cpython.py LIBRARY TEST...     such as: cpython.py build/libnoself.so test_socket test_ssl

Tests whose results differ are run again, both ways, a few times: one that then ends the same way both
times is unsteady, any other makes the exit status 1. Each run is in a network namespace with only lo.
"""

import collections
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

PYTHON = "/usr/bin/python3.11"  # whose tests libpython3.11-testsuite has
# Several at a time, because most wait most of the time. Sockets of virtual machines depend on the host.
REGRTEST = [PYTHON, "-m", "test", "-j", "6", "-u", "cpu,network", "-i", "*VSOCK*"]
NAMESPACE = ["timeout", "1200", "unshare", "-Urn", "sh", "-c",
             'PATH=$PATH:/sbin:/usr/sbin; ip link set lo up && exec "$@"', "sh"]
RERUNS = 5


def start(directory, preload, arguments):
    os.mkdir(directory)
    # "env" sets LD_PRELOAD, so the namespace's shell runs without it.
    return subprocess.Popen([*NAMESPACE, "env", *preload, *REGRTEST, "--tempdir", directory,
                             "--junit-xml", directory + "/report.xml", *arguments],
                            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def results(directory):
    """{test id: sorted list of its results}; a test id may occur more than once."""
    found = collections.defaultdict(list)
    for case in xml.etree.ElementTree.parse(directory + "/report.xml").iter("testcase"):
        kinds = {child.tag for child in case} & {"skipped", "failure", "error"}
        found[case.get("name")].append("+".join(sorted(kinds)) or "passed")
    return {test: sorted(kinds) for test, kinds in found.items()}


def both_ways(library, arguments):
    """The results without the library, those with it, and the tests that differ."""
    with tempfile.TemporaryDirectory(prefix="noself-cpython-") as top:
        ways = {top + "/baseline": [], top + "/preloaded": ["LD_PRELOAD=" + library]}
        for process in [start(directory, ways[directory], arguments) for directory in ways]:
            process.wait()
        baseline, preloaded = map(results, ways)
    return baseline, preloaded, {test for test in {*baseline, *preloaded}
                                 if baseline.get(test) != preloaded.get(test)}


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
    baseline, preloaded, different = both_ways(library, names)
    broken = different
    for _ in range(RERUNS if different else 0):
        only = [word for test in broken for word in ("-m", test)]
        broken = broken & both_ways(library, names + only)[2]
    for test in different:
        print("%s: baseline %s, preloaded %s%s" % (test, baseline.get(test), preloaded.get(test),
                                                   "" if test in broken else "; not always"))
    counts = collections.Counter(kind for kinds in baseline.values() for kind in kinds)
    kinds = ", ".join("%d %s" % (counts[kind], kind) for kind in sorted(counts))
    print("%d tests: baseline %s; %d differ" % (sum(counts.values()), kinds, len(broken)))
    sys.exit(1 if broken or not baseline else 0)


main()
