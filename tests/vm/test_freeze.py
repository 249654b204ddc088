# SPDX-License-Identifier: Apache-2.0
"""What a freeze holds, and what it leaves alone."""

import time

from claims import call, error, say
from freeze_claims import (ALLOWED, COUNT, FREEZABLE, FREEZE, FREEZE_LIST, OTHER_PATHS, STATUS,
                           THAW, UNFREEZABLE, FreezeClaims, Writer, refusal)

STILL = 0.5  # seconds over which a writer must stand still
FORMS = {"/mnt/xfs": "/mnt/xfs", "/mnt/ext4/": "/mnt/ext4", "//mnt//nvme": "/mnt/nvme",
         "/mnt/bind": "/mnt/ext4", "/mnt/link": "/mnt/ext4", "/mnt/subvolume": "/mnt/btrfs",
         "/mnt/loop/.": "/mnt/loop"}


class Freeze(FreezeClaims):
    def test_each_filesystem_is_frozen_once_and_thawed_once(self):
        with self.agent() as agent, agent.connect() as host:
            self.assertEqual(call(host, STATUS), "thawed")
            start = time.monotonic()
            self.assertEqual(call(host, FREEZE), COUNT)
            say(f"{COUNT} filesystems frozen in {(time.monotonic() - start) * 1000:.0f} ms")
            self.assertEqual(call(host, STATUS), "frozen")
            self.assertEqual(self.probe(FREEZABLE + OTHER_PATHS),
                             dict.fromkeys(FREEZABLE + OTHER_PATHS, "frozen"))
            self.assertEqual(self.probe(UNFREEZABLE), dict.fromkeys(UNFREEZABLE, "writable"))
            self.assertEqual(call(host, THAW), COUNT)
            self.assertEqual(call(host, STATUS), "thawed")
            self.assert_nothing_is_frozen()
            self.assertEqual(call(host, THAW), 0)

    def test_it_can_be_done_again_and_again(self):
        with self.agent() as agent, agent.connect() as host:
            for _ in range(5):
                self.freeze_all(host)
                self.thaw_all_of(host)

    def enabled(self, host):
        return {command["name"] for command in call(host, "guest-info")["supported_commands"]
                if command["enabled"]}

    def test_only_what_touches_no_disk_is_allowed_while_frozen(self):
        with self.agent() as agent, agent.connect() as host:
            before = self.enabled(host)
            self.freeze_all(host)
            others = {name for name in self.enabled(host) if not name.startswith("virtagent-")}
            self.assertEqual(others, ALLOWED)
            self.assertEqual(call(host, "guest-ping"), {})
            self.assertEqual(call(host, "guest-sync", id=5), 5)
            for command in (FREEZE, FREEZE_LIST, "guest-exec", "guest-get-time", "guest-fstrim"):
                self.assertEqual(error(host, command), refusal(command))
            self.thaw_all_of(host)
            self.assertEqual(self.enabled(host), before)
            self.assertGreater(call(host, "guest-get-time"), 0)

    def test_a_writer_stands_still_and_goes_on(self):
        with Writer(self.guest, "/mnt/xfs/written") as writer, self.agent() as agent, \
                agent.connect() as host:
            self.freeze_all(host)
            self.guest.shell("true")  # the write under way when the freeze came is counted by now
            count = writer.writes()
            time.sleep(STILL)
            self.assertEqual(writer.writes(), count)
            self.thaw_all_of(host)
            writer.wait_beyond(count)


class FreezeList(FreezeClaims):
    def test_any_form_of_a_mount_point_will_do(self):
        with self.agent() as agent, agent.connect() as host:
            for form, meant in FORMS.items():
                self.assertEqual(call(host, FREEZE_LIST, mountpoints=[form]), 1, form)
                self.assertEqual(self.frozen(), {meant})
                self.assertEqual(call(host, THAW), 1)

    def test_the_order_does_not_matter_and_twice_is_once(self):
        wanted = ["/mnt/bind", "/mnt/scsi", "/mnt/loop", "/mnt/ext4", "/mnt/scsi/"]
        with self.agent() as agent, agent.connect() as host:
            self.assertEqual(call(host, FREEZE_LIST, mountpoints=wanted), 3)
            self.assertEqual(self.frozen(), {"/mnt/ext4", "/mnt/scsi", "/mnt/loop"})
            self.assertEqual(call(host, THAW), 3)

    def test_without_a_list_it_is_all(self):
        with self.agent() as agent, agent.connect() as host:
            self.assertEqual(call(host, FREEZE_LIST), COUNT)
            self.assert_all_is_frozen()
            self.thaw_all_of(host)

    def test_a_path_that_is_no_mount_point_is_an_error_that_names_it(self):
        with self.agent() as agent, agent.connect() as host:
            for path in ("/nowhere", "/mnt/ext4/directory", "/mnt/ext4/loop.img", "/tmp", "/proc"):
                kind, text = error(host, FREEZE_LIST, mountpoints=["/mnt/xfs", path])
                self.assertEqual(kind, "GenericError")
                self.assertIn(f"'{path}'", text)
                self.assertEqual(call(host, STATUS), "thawed")
            self.assert_nothing_is_frozen()

    def test_nothing_to_freeze_is_nothing_frozen(self):
        with self.agent() as agent, agent.connect() as host:
            self.assertEqual(call(host, FREEZE_LIST, mountpoints=[]), 0)
            self.assertEqual(call(host, STATUS), "thawed")
            self.assert_nothing_is_frozen()

    def test_what_is_to_be_skipped_is_skipped(self):
        skipped = {"/mnt/xfs", "/mnt/ext4"}
        with self.agent(args=["--fsfreeze-skip=/mnt/xfs,/mnt/bind"]) as agent, \
                agent.connect() as host:
            self.assertEqual(call(host, FREEZE), COUNT - len(skipped))
            self.assertEqual(self.frozen(), set(FREEZABLE) - skipped)
            self.assertEqual(call(host, THAW), COUNT - len(skipped))


class FrozenByOthers(FreezeClaims):
    def test_what_somebody_else_froze_is_skipped_and_stays_frozen(self):
        with self.agent() as agent, agent.connect() as host:
            self.assertEqual(call(host, STATUS), "thawed")
            self.guest.shell("fsfreeze --freeze /mnt/xfs")
            self.assertEqual(call(host, FREEZE), COUNT - 1)
            self.assert_all_is_frozen()
            self.assertEqual(call(host, THAW), COUNT - 1)
            self.assertEqual(self.frozen(), {"/mnt/xfs"})

    def test_what_somebody_else_thawed_is_not_counted(self):
        with self.agent() as agent, agent.connect() as host:
            self.freeze_all(host)
            self.guest.shell("fsfreeze --unfreeze /mnt/xfs")
            self.assertEqual(call(host, STATUS), "frozen")
            self.assertEqual(call(host, THAW), COUNT - 1)
            self.assertEqual(call(host, STATUS), "thawed")
            self.assert_nothing_is_frozen()

    def test_the_report_tells_what_became_of_each(self):
        with self.agent() as agent, agent.connect() as host:
            self.assertEqual(call(host, "virtagent-fsfreeze-report")["filesystems"], [])
            self.guest.shell("fsfreeze --freeze /mnt/scsi")
            self.assertEqual(call(host, FREEZE), COUNT - 1)
            for status, state in (("frozen", "frozen"), ("thawed", "thawed")):
                report = call(host, "virtagent-fsfreeze-report")
                self.assertEqual(report["status"], status)
                parts = {part["mountpoint"]: part for part in report["filesystems"]}
                self.assertEqual(parts["/mnt/ext4"]["state"], state)
                self.assertEqual(parts["/mnt/ext4"]["device"], "/dev/vda")
                self.assertEqual(parts["/mnt/vfat"]["state"], "skipped")
                self.assertEqual(parts["/mnt/scsi"]["state"], "skipped")
                if status == "frozen":
                    self.assertEqual(call(host, THAW), COUNT - 1)
            order = list(parts)
            self.assertLess(order.index("/mnt/loop"), order.index("/mnt/ext4"))
