#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Claims about what the real libvirt does with the agent, checked in one emulated guest.

    libvirt_run.py CACHE AGENT [TEST...]

CACHE is a directory that a kernel may be downloaded into; $VA_VM_KERNEL names an unpacked kernel
package to use instead.  Ends with 77, which is "skipped", where libvirt cannot be run.
"""

import os
import platform
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import libvirt_claims  # noqa: E402
import libvirt_private  # noqa: E402
from claims import say  # noqa: E402
from kernel import Kernel, Missing, tool  # noqa: E402
from libvirt_daemon import Daemon  # noqa: E402
from libvirt_guest import DomainGuest  # noqa: E402

SKIPPED = 77
DIRECTORY = "/run/virtagent"  # in our private /run
NEEDED = ["libvirtd", "virsh", "qemu-system-x86_64", "busybox", "mkfs.ext4", "e2fsck", "debugfs",
          "chpasswd", "unix_chkpwd"]
MODULES = ["libvirt_test_facts", "libvirt_test_channel", "libvirt_test_freeze",
           "libvirt_test_changes", "libvirt_test_power"]


def check(names):
    suite = unittest.defaultTestLoader.loadTestsFromNames(names or MODULES)
    return 0 if unittest.TextTestRunner(verbosity=2).run(suite).wasSuccessful() else 1


def inside(cache, agent, *names):
    started = time.monotonic()
    os.mkdir(DIRECTORY)
    tempfile.tempdir = DIRECTORY
    with Daemon(DIRECTORY) as daemon:
        say(f"libvirtd was up after {time.monotonic() - started:.1f} s")
        with DomainGuest(cache, {"virtagent": agent}, daemon) as guest:
            say(f"the guest was up after {time.monotonic() - started:.1f} s")
            libvirt_claims.Claims.guest = guest
            return check(names)


def main(*args):
    if platform.machine() != "x86_64":
        print(f"skipped: the agent is built for {platform.machine()}, the guest is an x86_64")
        return SKIPPED
    try:
        for name in NEEDED:
            tool(name)
        kernel = Kernel(args[0])  # downloads one if need be, which cannot be done inside
        libvirt_private.enter([kernel.image, args[1], __file__])
        libvirt_private.hide_machine()
        return libvirt_private.run_as_child(lambda: inside(*args))
    except Missing as missing:
        print(f"skipped: {missing}")
        return SKIPPED


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
