#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Claims that need a real kernel, checked in one emulated guest.

    run.py CACHE AGENT GUESTCTL [TEST...]

CACHE is a directory that a kernel may be downloaded into; $VA_VM_KERNEL names an unpacked kernel
package to use instead.  $VA_VM_OTHER is an agent to measure beside ours (Debian's qemu-ga unless
set).  Ends with 77, which is "skipped", where no guest can be had.
"""

import os
import platform
import signal
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import claims  # noqa: E402
import disks  # noqa: E402
import guest  # noqa: E402
from kernel import Missing  # noqa: E402

SKIPPED = 77
MODULES = ["test_port", "test_hosts", "test_transfer", "test_plug", "test_other_channels",
           "test_facts", "test_transcripts", "test_system", "test_accounts", "test_disks",
           "test_freeze", "test_freeze_lasts", "test_freeze_slow", "test_hooks", "test_power"]


def programs(agent, guestctl):
    other = os.environ.get("VA_VM_OTHER", "/usr/sbin/qemu-ga")
    found = {"virtagent": agent, "guestctl": guestctl}
    if os.path.exists(other):
        found["other"] = other
    return found


def main(cache, agent, guestctl, *names):
    if platform.machine() != "x86_64":
        print(f"skipped: the agent is built for {platform.machine()}, the guest is an x86_64")
        return SKIPPED
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that all is cleaned up
    started = time.monotonic()
    try:
        with guest.Guest(cache, programs(agent, guestctl),
                         disks.are_available()) as claims.Claims.guest:
            claims.say(f"the guest was up after {time.monotonic() - started:.1f} s")
            suite = unittest.defaultTestLoader.loadTestsFromNames(names or MODULES)
            return 0 if unittest.TextTestRunner(verbosity=2).run(suite).wasSuccessful() else 1
    except Missing as missing:
        print(f"skipped: {missing}")
        return SKIPPED


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
