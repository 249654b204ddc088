# SPDX-License-Identifier: Apache-2.0
"""Disks and filesystems, compared with the virtual machine they are a part of."""

import os
import time

from claims import call, say
from disks import MIB, SCSI_TARGET, SCSI_UNIT
from freeze_claims import COUNT, FREEZE, THAW, FreezeClaims
from guest import SECOND_PORT

PARTIAL_MAX = 3  # seconds for an answer although a filesystem gives none
BUS_TYPES = {"virtio": "virtio", "scsi": "scsi", "nvme": "nvme"}
TRIMMED_MIB = 48
FUSE = "/mnt/fuse"
SECOND = {"path": "/dev/virtio-ports/" + SECOND_PORT, "socket_name": "second"}
NVME_KELVIN = range(250, 400)


class Disks(FreezeClaims):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.running = cls.agent(cls).start()
        cls.host = cls.running.connect()

    @classmethod
    def tearDownClass(cls):
        cls.host.close()
        cls.running.stop()

    def devices(self):
        """{serial: device}, found out by our own means."""
        return {disk.serial: self.guest.shell("disk-named " + disk.serial).strip()
                for disk in self.guest.disks.disks}

    def filesystems(self):
        return {one["mountpoint"]: one for one in call(self.host, "guest-get-fsinfo")}

    def assert_address(self, address, disk):
        """That @address is where QEMU was told to put @disk."""
        self.assertEqual(address["bus-type"], BUS_TYPES[disk.bus])
        self.assertEqual(address["pci-controller"],
                         {"domain": 0, "bus": 0, "slot": disk.address, "function": 0})
        self.assertEqual(address["serial"], disk.serial)
        if disk.bus == "scsi":
            self.assertEqual((address["bus"], address["target"], address["unit"]),
                             (0, SCSI_TARGET, SCSI_UNIT))


class Lists(Disks):
    def test_each_filesystem_is_on_the_disk_that_it_is_on(self):
        found, devices = self.filesystems(), self.devices()
        for disk in self.guest.disks.disks:
            for part in disk.parts:
                if part.directory == "/mnt/hidden":
                    continue
                with self.subTest(part.directory):
                    one = found[part.directory]
                    self.assertEqual(one["type"], part.kind)
                    device = devices[disk.serial] + (str(part.number) if part.number else "")
                    self.assertEqual("/dev/" + one["name"], device)
                    address, = one["disk"]
                    self.assertEqual(address["dev"], device)
                    self.assert_address(address, disk)

    def test_the_sizes_are_those_of_the_filesystems(self):
        found = self.filesystems()
        for path in ("/mnt/ext4", "/mnt/xfs", "/mnt/btrfs", "/mnt/vfat"):
            size, blocks, free, available = (
                int(word) for word in self.guest.shell(f"stat -f -c '%S %b %f %a' {path}").split())
            used = (blocks - free) * size
            self.assertAlmostEqual(found[path]["used-bytes"], used, delta=MIB)
            self.assertEqual(found[path]["total-bytes-privileged"], blocks * size)
            self.assertAlmostEqual(found[path]["total-bytes"], used + available * size, delta=MIB)

    def test_what_was_mounted_last_comes_first(self):
        order = [one["mountpoint"] for one in call(self.host, "guest-get-fsinfo")]
        self.assertLess(order.index("/mnt/loop"), order.index("/mnt/nvme"))
        self.assertLess(order.index("/mnt/nvme"), order.index("/mnt/ext4"))

    def test_all_disks_and_partitions_are_listed(self):
        found = {disk["name"]: disk for disk in call(self.host, "guest-get-disks")}
        devices = self.devices()
        for disk in self.guest.disks.disks:
            with self.subTest(disk.serial):
                one = found[devices[disk.serial]]
                self.assertFalse(one["partition"])
                self.assert_address(one["address"], disk)
                for part in disk.parts if disk.parts and disk.parts[0].number else ():
                    one = found[f"{devices[disk.serial]}{part.number}"]
                    self.assertTrue(one["partition"])
                    self.assertEqual(one["dependencies"], [devices[disk.serial]])

    def test_an_nvme_disk_tells_of_its_health(self):
        nvme, = [disk for disk in call(self.host, "guest-get-disks")
                 if disk["name"] == self.devices()["NVMEDISK"]]
        self.assertEqual(nvme["smart"]["type"], "nvme")
        self.assertIn(nvme["smart"]["temperature"], NVME_KELVIN)
        self.assertGreater(nvme["smart"]["host-read-commands-lo"], 0)


class Trim(Disks):
    def used_on_host(self, serial):
        """Bytes that the disk's image takes on this machine."""
        disks = self.guest.disks
        return os.stat(disks.path(disks.by_serial(serial))).st_blocks * 512

    def test_a_trim_gives_space_back_to_the_host(self):
        for path, serial in (("/mnt/ext4", "EXT4DISK"), ("/mnt/xfs", "XFSDISK")):
            self.guest.shell(f"dd if=/dev/urandom of={path}/big bs=1M count={TRIMMED_MIB} "
                             f"2>/dev/null; sync; rm {path}/big; sync -f {path}")
            before = self.used_on_host(serial)
            self.assertGreater(before, TRIMMED_MIB * MIB)
            results = {one["path"]: one for one in call(self.host, "guest-fstrim")["paths"]}
            after = self.used_on_host(serial)
            say(f"{path}: the image shrinks from {before / MIB:.0f} to {after / MIB:.0f} MiB")
            self.assertGreater(results[path]["trimmed"], TRIMMED_MIB * MIB)
            self.assertLess(after, before - (TRIMMED_MIB - 2) * MIB)

    def test_what_cannot_be_trimmed_says_so_and_spoils_nothing(self):
        results = {one["path"]: one for one in call(self.host, "guest-fstrim")["paths"]}
        self.assertIn("trimmed", results["/mnt/ext4"])
        self.assertTrue(all(("error" in one) != ("trimmed" in one) for one in results.values()))


class Hanging(Disks):
    """A filesystem that answers nothing."""

    def setUp(self):
        super().setUp()
        self.guest.shell("mkdir -p " + FUSE)
        device = self.guest.shell("disk-named EMPTYDISK").strip()
        self.server = int(self.guest.shell(f"fuse-server {device} {FUSE}"))
        self.addCleanup(self.guest.shell,
                        f"kill -CONT {self.server}; umount {FUSE} || umount -l {FUSE}; "
                        f"kill -9 {self.server}; :")

    def stop_it(self):
        self.guest.shell(f"kill -STOP {self.server}")
        self.guest.wait_until(f"grep -q 'State:.*T' /proc/{self.server}/status")

    def test_it_has_its_sizes_while_it_answers(self):
        one = self.filesystems()[FUSE]
        self.assertEqual((one["type"], one["total-bytes-privileged"]), ("fuseblk", 512000))

    def test_it_does_not_spoil_the_list(self):
        self.stop_it()
        start = time.monotonic()
        found = self.filesystems()
        taken = time.monotonic() - start
        say(f"with a filesystem that hangs, the list comes after {taken:.2f} s")
        self.assertLess(taken, PARTIAL_MAX)
        self.assertNotIn("used-bytes", found[FUSE])
        for path in ("/mnt/ext4", "/mnt/xfs", "/mnt/nvme"):
            self.assertIn("used-bytes", found[path])

    def test_it_does_not_hold_up_a_freeze(self):
        self.stop_it()
        with self.agent(**SECOND) as agent, agent.connect() as host:
            start = time.monotonic()
            self.assertEqual(call(host, FREEZE), COUNT)
            self.assertLess(time.monotonic() - start, PARTIAL_MAX)
            self.assert_all_is_frozen()
            self.assertEqual(call(host, THAW), COUNT)
            self.assert_nothing_is_frozen()
