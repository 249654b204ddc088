# SPDX-License-Identifier: Apache-2.0
"""Frozen filesystems: held, let go, snapshotted, and let go after a mishap."""

import os
import subprocess

from kernel import tool
from libvirt_claims import Claims
from libvirt_daemon import DOMAIN, VirshError
from libvirt_guest import FIRST, SECOND

FROZE = "Froze {} filesystem"
THAWED = "Thawed {} filesystem"
STATUS = '{"execute": "guest-fsfreeze-status"}'
TIME_LIMIT = 1  # seconds that libvirt waits for the agent
MIB = 1 << 20


class Freezing(Claims):
    def tearDown(self):
        self.guest.shell("rm -f /run/hook-waits /run/hook-refuses /run/hook.log")
        if "frozen" in self.states():
            self.virsh("domfsthaw")

    def states(self):
        """Of /mnt/first and /mnt/second: "frozen" or "writable"."""
        return [line.split(None, 1)[1]
                for line in self.guest.shell("probe /mnt/first /mnt/second").splitlines()]

    def freeze(self, count, *mountpoints):
        args = ["--mountpoint", *mountpoints] if mountpoints else []
        self.assertIn(FROZE.format(count), self.virsh("domfsfreeze", *args))

    def thaw(self, count):
        self.assertIn(THAWED.format(count), self.virsh("domfsthaw"))

    def assert_thawed(self):
        self.assertEqual(self.states(), ["writable"] * 2)
        self.assertEqual(self.agent_command("guest-fsfreeze-status"), "thawed")


class Freeze(Freezing):
    def test_everything_is_held_until_the_thaw(self):
        self.freeze(2)
        self.assertEqual(self.states(), ["frozen"] * 2)
        self.assertEqual(self.agent_command("guest-fsfreeze-status"), "frozen")
        self.thaw(2)
        self.assert_thawed()

    def test_only_what_was_named_is_held(self):
        self.freeze(1, "/mnt/second")
        self.assertEqual(self.states(), ["writable", "frozen"])
        self.thaw(1)
        self.assert_thawed()

    def test_a_name_that_is_no_mount_point_freezes_nothing(self):
        self.refused("/mnt/none", "domfsfreeze", "--mountpoint", "/mnt/first", "/mnt/none")
        self.assert_thawed()

    def test_a_thaw_of_nothing_is_no_error(self):
        self.thaw(0)

    def test_other_commands_are_refused_meanwhile(self):
        self.freeze(2)
        self.refused("Command guest-set-time has been disabled", "domtime", "--sync")
        self.refused("disabled", "domfsfreeze")
        self.assertEqual(self.virsh("guestinfo"), "")  # libvirt skips what is disabled
        self.thaw(2)
        self.assertIn("hostname", self.virsh("guestinfo"))

    def test_a_hook_that_refuses_prevents_it(self):
        self.guest.shell("touch /run/hook-refuses")
        self.refused("hook", "domfsfreeze")
        self.assert_thawed()

    def test_a_hook_is_told_of_both(self):
        self.freeze(2)
        self.thaw(2)
        self.assertEqual(self.guest.shell("cat /run/hook.log").split(), ["freeze", "thaw"])

    def test_a_killed_agent_leaves_it_to_the_next_to_thaw(self):
        self.freeze(2)
        self.guest.kill_agent()
        self.assertEqual(self.states(), ["frozen"] * 2)
        self.guest.start_agent()
        self.assertEqual(self.agent_command("guest-fsfreeze-status"), "frozen")
        self.thaw(2)
        self.assert_thawed()

    def test_a_libvirtd_that_went_away_has_not_thawed(self):
        self.freeze(2)
        self.guest.daemon.restart()
        self.guest.wait_agent("connected")
        self.assertEqual(self.states(), ["frozen"] * 2)
        self.thaw(2)
        self.assert_thawed()

    def test_a_host_that_gave_up_amid_a_freeze_finds_out_and_thaws(self):
        self.guest.shell("touch /run/hook-waits")
        self.virsh("guest-agent-timeout", "--timeout", str(TIME_LIMIT))
        try:
            self.refused("not responding|not available", "domfsfreeze")
        finally:
            self.virsh("guest-agent-timeout", "--timeout", "-2")
        self.assertEqual(self.agent_command("guest-ping"), {})  # while the hook still runs
        asking = self.guest.daemon.begin("qemu-agent-command", DOMAIN, STATUS)
        self.guest.shell("rm /run/hook-waits")
        self.assertIn("frozen", self.guest.daemon.finish(asking))
        self.thaw(2)
        self.assert_thawed()


class Snapshot(Freezing):
    def snapshot(self, name):
        overlay = f"vda,snapshot=external,file={self.guest.path(name)}"
        self.virsh("snapshot-create-as", name, "--disk-only", "--quiesce", "--no-metadata",
                   "--diskspec", overlay, "--diskspec", "vdb,snapshot=no")

    def check(self, image):
        """Exit status and words of a check that repairs nothing."""
        done = subprocess.run([tool("e2fsck"), "-fn", image], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              check=False)
        return done.returncode, done.stdout

    def content(self, image, path):
        return subprocess.run([tool("debugfs"), "-R", "cat " + path, image], check=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL).stdout

    def test_a_refused_snapshot_is_not_taken(self):
        self.guest.shell("touch /run/hook-refuses")
        with self.assertRaisesRegex(VirshError, "hook"):
            self.snapshot("refused")
        self.assertIn("firstdisk.img", self.virsh("domblklist"))
        self.assert_thawed()

    def test_a_snapshot_is_clean_and_complete(self):
        image = self.guest.disks.path(FIRST)
        data = os.urandom(300)
        writer = self.guest.shell("spawn writer writer /mnt/first/busy /run/progress").strip()
        self.guest.write("/mnt/first/data", data)  # not written out
        self.assertIn("skipping journal recovery", self.check(image)[1])
        self.snapshot("taken")
        self.assertIn("/taken", self.virsh("domblklist"))
        self.assert_thawed()
        before = self.guest.read("/run/progress")
        self.guest.wait_until(f"[ \"$(cat /run/progress)\" != '{before.decode().strip()}' ]")
        self.guest.shell("kill " + writer)
        status, words = self.check(image)
        self.assertEqual(status, 0, words)
        self.assertNotIn("recovery", words)
        self.assertEqual(self.content(image, "/data"), data)


class Trim(Freezing):
    def test_a_trim_gives_space_back_to_the_host(self):
        image = self.guest.disks.path(SECOND)
        self.guest.shell("head -c 20971520 /dev/urandom >/mnt/second/large; sync; "
                         "rm /mnt/second/large; sync")
        before = os.stat(image).st_blocks * 512
        self.assertGreater(before, 20 * MIB)
        self.virsh("domfstrim")
        self.assertLess(os.stat(image).st_blocks * 512, before - 19 * MIB)
