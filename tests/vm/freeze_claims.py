# SPDX-License-Identifier: Apache-2.0
"""What the claims about freezing have in common: the guest's disks, and how to look at them."""

import time
import unittest

from claims import Claims, call

# The filesystems that can be frozen, each by a path that leads into it.  The last one cannot be
# reached by its mount point, which is hidden under another mount.
FREEZABLE = ["/mnt/ext4", "/mnt/xfs", "/mnt/part2", "/mnt/btrfs", "/mnt/scsi", "/mnt/nvme",
             "/mnt/loop", "/run/hidden/"]
COUNT = len(FREEZABLE)
OTHER_PATHS = ["/mnt/bind", "/mnt/subvolume"]  # into some of the same
UNFREEZABLE = ["/mnt/vfat", "/mnt/hidden", "/tmp"]
ALLOWED = {"guest-sync", "guest-sync-delimited", "guest-ping", "guest-info",
           "guest-fsfreeze-status", "guest-fsfreeze-thaw"}
FREEZE, FREEZE_LIST = "guest-fsfreeze-freeze", "guest-fsfreeze-freeze-list"
THAW, STATUS = "guest-fsfreeze-thaw", "guest-fsfreeze-status"
LIMIT = "virtagent-time-limit"
CHANGE_MAX = 15  # seconds until what must happen by itself has happened


def refusal(command):
    return "CommandNotFound", f"Command {command} has been disabled: the command is not allowed"


class FreezeClaims(Claims):
    @classmethod
    def setUpClass(cls):
        if not cls.guest.disks:
            raise unittest.SkipTest("no programs to make filesystems with")
        cls.guest.shell("mount-disks")

    def setUp(self):
        self.addCleanup(self.thaw_all)

    def thaw_all(self):
        """Past any agent, whatever a claim has left."""
        self.guest.run("for d in " + " ".join(FREEZABLE) +
                       "; do while fsfreeze --unfreeze $d; do :; done; done 2>/dev/null")

    def probe(self, paths):
        """{path: "frozen" or "writable"}"""
        lines = self.guest.shell("probe " + " ".join(paths)).strip().splitlines()
        return dict(line.split(" ", 1) for line in lines)

    def frozen(self):
        """Which of FREEZABLE are frozen."""
        return {path for path, state in self.probe(FREEZABLE).items() if state == "frozen"}

    def assert_nothing_is_frozen(self):
        self.assertEqual(self.frozen(), set())

    def assert_all_is_frozen(self):
        self.assertEqual(self.frozen(), set(FREEZABLE))

    def wait_status(self, host, status, seconds=CHANGE_MAX):
        deadline = time.monotonic() + seconds
        while call(host, STATUS) != status:
            self.assertLess(time.monotonic(), deadline, f"it does not become '{status}'")
            time.sleep(0.05)  # asking again: the agent says nothing by itself

    def wait_allowed(self, host):
        """Until the agent does what it is asked to again, after a thaw that nobody asked for."""
        deadline = time.monotonic() + CHANGE_MAX
        while not all(command["enabled"]
                      for command in call(host, "guest-info")["supported_commands"]):
            self.assertLess(time.monotonic(), deadline, "commands are not allowed again")
            time.sleep(0.05)  # asking again: the agent says nothing by itself

    def freeze_all(self, host, **arguments):
        self.assertEqual(call(host, FREEZE, **arguments), COUNT)

    def thaw_all_of(self, host):
        self.assertEqual(call(host, THAW), COUNT)


class Writer:
    """An application in the guest that writes to @path all the time; use it with `with`."""

    count = 0

    def __init__(self, guest, path):
        Writer.count += 1
        self.guest, self.path = guest, path
        self.name = f"writer{Writer.count}"
        self.pid = None

    def __enter__(self):
        self.pid = int(self.guest.shell(f"spawn {self.name} writer {self.path} {self.progress()}"))
        self.wait_beyond(0)
        return self

    def __exit__(self, *_):
        self.guest.run(f"kill {self.pid}")

    def progress(self):
        return f"/run/{self.name}.progress"

    def numbers(self):
        """How many writes were done, and the longest time between two, in microseconds."""
        count, longest = self.guest.shell("cat " + self.progress()).split()
        return int(count), int(longest)

    def writes(self):
        return self.numbers()[0]

    def wait_beyond(self, count):
        self.guest.wait_until(f"[ -s {self.progress()} ] && read -r a b <{self.progress()} && "
                              f"[ $a -gt {count} ]")

    def forget(self):
        self.guest.shell(f"kill -USR1 {self.pid}")
