# SPDX-License-Identifier: Apache-2.0
"""How long an application stands still for a freeze, ours beside the other agent's: not a claim.

    run.py CACHE AGENT GUESTCTL bench_stall
"""

import time

from claims import call, say
from freeze_claims import FREEZE_LIST, THAW, FreezeClaims, Writer

RATE = 40_000_000  # bytes per second of the disk
DIRTY = 100        # MiB that are still to be written to it
HOLD = 0.5         # seconds
ROUNDS = 5
DISKS = {"/mnt/ext4": "ext4disk", "/mnt/xfs": "xfsdisk"}
DIRTY_LIMITS = {"dirty_ratio": 90, "dirty_background_ratio": 80, "dirty_expire_centisecs": 60000,
                "dirty_writeback_centisecs": 60000}


class Stall(FreezeClaims):
    def setUp(self):
        super().setUp()
        for name, value in DIRTY_LIMITS.items():
            self.guest.shell(f"echo {value} >/proc/sys/vm/{name}")

    def throttle(self, path, rate):
        self.guest.qmp("block_set_io_throttle", device=DISKS[path], bps=0, bps_rd=0, bps_wr=rate,
                       iops=0, iops_rd=0, iops_wr=0)

    def round(self, host, writer, path):
        """How long the writer stood still beyond the time that was asked for, in milliseconds, and
        how long the freeze took."""
        self.guest.shell(f"dd if=/dev/zero of={path}/dirty bs=1M count={DIRTY} conv=notrunc "
                         "2>/dev/null")
        self.throttle(path, RATE)
        writer.wait_beyond(writer.writes())
        writer.forget()
        writer.wait_beyond(writer.writes() + 2)
        start = time.monotonic()
        self.assertEqual(call(host, FREEZE_LIST, mountpoints=[path]), 1)
        frozen = time.monotonic()
        time.sleep(HOLD)  # the snapshot
        self.assertEqual(call(host, THAW), 1)
        held = time.monotonic() - frozen
        self.throttle(path, 0)
        count, longest = writer.numbers()
        writer.wait_beyond(count + 2)
        longest = max(longest, writer.numbers()[1])
        return longest / 1000 - held * 1000, (frozen - start) * 1000

    def stall(self, program):
        for path in DISKS:
            self.addCleanup(self.throttle, path, 0)
            with Writer(self.guest, path + "/written") as writer, self.agent(program) as agent, \
                    agent.connect() as host:
                rounds = [self.round(host, writer, path) for _ in range(ROUNDS)]
            say(f"{program}, {path}: with {DIRTY} MiB to be written at {RATE / 1e6:.0f} MB/s, a "
                f"writer stands still for {[round(stall) for stall, _ in rounds]} ms beyond the "
                f"time held; the freeze takes {[round(taken) for _, taken in rounds]} ms")

    def test_ours(self):
        self.stall("virtagent")

    def test_the_other_agents(self):
        if not self.has_other():
            self.skipTest("there is no other agent")
        self.stall("other")
