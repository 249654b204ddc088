# SPDX-License-Identifier: Apache-2.0
"""Freezing when disks are slow, and when the agent's own files are on what is frozen."""

import shlex
import time

from claims import call, error, request, sync
from freeze_claims import (COUNT, FREEZE, FREEZE_LIST, STATUS, THAW, FreezeClaims, refusal)

SLOW = 1 << 20  # bytes per second of the slow disk
DIRTY = 3       # MiB that are still to be written to it
ANSWER_MAX = 3  # seconds
SHORT = 1       # seconds, a limit within which the slow disk is not written out


class SlowDisk(FreezeClaims):
    def setUp(self):
        super().setUp()
        self.addCleanup(self.throttle, 0)
        # what is written stays in memory until somebody asks for it
        for name, value in (("expire", 60000), ("writeback", 60000)):
            self.guest.shell(f"echo {value} >/proc/sys/vm/dirty_{name}_centisecs")

    def throttle(self, rate):
        self.guest.qmp("block_set_io_throttle", device="xfsdisk", bps=0, bps_rd=0, bps_wr=rate,
                       iops=0, iops_rd=0, iops_wr=0)

    def make_slow(self):
        self.guest.shell(f"dd if=/dev/urandom of=/mnt/xfs/dirty bs=1M count={DIRTY} 2>/dev/null")
        self.throttle(SLOW)

    @staticmethod
    def inside(command, **arguments):
        """A shell command that sends a request from inside the guest."""
        text = request(command, **arguments).decode().strip()
        return "guestctl -s /run/agent.sock raw " + shlex.quote(text)

    def test_a_sync_is_answered_and_status_waits_for_the_end(self):
        with self.agent() as agent, agent.connect() as host:
            self.make_slow()
            start = time.monotonic()
            host.send(request(FREEZE_LIST, mountpoints=["/mnt/xfs"]))
            sync(host, 7)
            answered = time.monotonic() - start
            self.assertLess(answered, ANSWER_MAX)
            self.assertEqual(call(host, STATUS), "frozen")
            self.assertGreater(time.monotonic() - start, answered)
            self.assertEqual(self.frozen(), {"/mnt/xfs"})
            self.assertEqual(call(host, THAW), 1)

    def test_another_session_is_answered_meanwhile(self):
        with self.agent(method="unix-listen", path="/run/agent.sock") as agent:
            agent.wait_open("socket")
            self.make_slow()
            freeze = self.inside(FREEZE_LIST, mountpoints=["/mnt/xfs"])
            self.guest.shell("spawn freezing " + freeze)
            start = time.monotonic()
            self.guest.shell(self.inside("guest-ping"))
            self.assertLess(time.monotonic() - start, ANSWER_MAX)
            self.assertIn('"frozen"', self.guest.shell(self.inside(STATUS)))
            self.assertEqual(self.frozen(), {"/mnt/xfs"})
            self.assertIn("1", self.guest.shell(self.inside(THAW)))

    def test_the_time_limit_does_not_count_the_writing_out(self):
        with self.agent() as agent, agent.connect() as host:
            self.make_slow()
            self.assertEqual(call(host, FREEZE_LIST, mountpoints=["/mnt/xfs", "/mnt/nvme"],
                                  **{"virtagent-time-limit": SHORT}), 2)
            self.throttle(0)
            self.wait_status(host, "thawed")
            self.guest.wait_until("probe /mnt/xfs /mnt/nvme | grep -c writable | grep -q 2")


class OwnFiles(FreezeClaims):
    def tearDown(self):
        self.guest.run("rm -rf /mnt/ext4/agent")

    def setUp(self):
        super().setUp()
        self.guest.shell("mkdir -p /mnt/ext4/agent")

    def test_a_log_on_a_frozen_filesystem_holds_up_nothing(self):
        log = "/mnt/ext4/agent/log"
        with self.agent(args=["-v", "-l", log]) as agent, agent.connect() as host:
            self.freeze_all(host)
            for _ in range(3):
                self.assertEqual(call(host, "guest-ping"), {})
                self.assertEqual(error(host, FREEZE), refusal(FREEZE))
            self.thaw_all_of(host)
            call(host, "guest-ping")
        self.assertIn(THAW, self.guest.shell("cat " + log))

    def test_state_on_a_frozen_filesystem_survives_the_agent(self):
        with self.agent(state="/mnt/ext4/agent") as agent:
            with agent.connect() as host:
                self.freeze_all(host)
                self.assertEqual(call(host, STATUS), "frozen")
            agent.kill()
            agent.start()
            with agent.connect() as host:
                self.assertEqual(call(host, STATUS), "frozen")
                self.assertEqual(call(host, THAW), COUNT)
                self.freeze_all(host)
                self.thaw_all_of(host)

    def test_an_agent_whose_log_is_on_a_frozen_filesystem_starts(self):
        log = "/mnt/ext4/agent/log"
        with self.agent(args=["-v", "-l", log]) as agent:
            with agent.connect() as host:
                self.freeze_all(host)
            agent.kill()
            agent.start()
            with agent.connect() as host:
                self.assertEqual(call(host, STATUS), "frozen")
                self.thaw_all_of(host)
                call(host, "guest-get-time")
        self.assertIn(THAW, self.guest.shell("cat " + log))

    def test_a_stop_thaws_whatever_is_on_it(self):
        args = ["-v", "-l", "/mnt/ext4/agent/log"]
        with self.agent(args=args, state="/mnt/ext4/agent") as agent:
            with agent.connect() as host:
                self.freeze_all(host)
            self.assertEqual(agent.stop(), 0)
            self.assert_nothing_is_frozen()
