# SPDX-License-Identifier: Apache-2.0
"""Facts about the guest, as virsh prints them."""

import struct

from guest import HARDWARE_ADDRESS
from libvirt_claims import Claims

LOGIN = struct.pack("<hxxi32s4s32s256shhiii16s20s", 7, 4711, b"pts/0", b"ts/0", b"tester",
                    b"10.0.2.2", 0, 0, 0, 1700000100, 500000, b"", b"")  # utmp(5), USER_PROCESS
ADDRESS = "10.0.2.15"


class Facts(Claims):
    def facts(self, kind):
        return self.fields("guestinfo", "--" + kind)

    def test_its_name(self):
        self.assertEqual(self.facts("hostname"), {"hostname": "guest-under-test"})
        self.assertEqual(self.virsh("domhostname", "--source", "agent"), "guest-under-test")

    def test_its_system(self):
        system = self.facts("os")
        self.assertEqual(system["os.id"], "testguest")
        self.assertEqual(system["os.pretty-name"], "Test Guest 1.0 (box)")
        self.assertEqual(system["os.version-id"], "1.0")
        self.assertEqual(system["os.variant"], "Test Edition")
        self.assertEqual(system["os.machine"], "x86_64")
        self.assertEqual(system["os.kernel-release"], self.guest.shell("uname -r").strip())

    def test_its_time_zone(self):
        zone = self.facts("timezone")
        hours = int(self.guest.shell("date +%z")) // 100
        self.assertEqual(zone, {"timezone.name": self.guest.shell("date +%Z").strip(),
                                "timezone.offset": str(hours * 3600)})

    def test_who_is_logged_in(self):
        self.guest.write("/run/utmp", LOGIN)
        self.assertEqual(self.facts("user"), {"user.count": "1", "user.0.name": "tester",
                                              "user.0.login-time": "1700000100500"})

    def test_its_filesystems(self):
        found = self.facts("filesystem")
        self.assertEqual(found["fs.count"], "2")
        for number in "01":
            directory = found[f"fs.{number}.mountpoint"]
            name = {"/mnt/first": "vda", "/mnt/second": "vdb1"}[directory]
            self.assertEqual(found[f"fs.{number}.name"], name)
            self.assertEqual(found[f"fs.{number}.fstype"], "ext4")
            self.assertEqual(found[f"fs.{number}.disk.count"], "1")
            self.assertEqual(found[f"fs.{number}.disk.0.alias"], name[:3])
            blocks, free, usable, size = map(int, self.guest.shell(
                f"stat -f -c '%b %f %a %S' {directory}").split())
            used = blocks - free
            self.assertEqual(int(found[f"fs.{number}.used-bytes"]), used * size)
            self.assertEqual(int(found[f"fs.{number}.total-bytes"]), (used + usable) * size)

    def test_its_filesystems_by_the_older_command(self):
        self.assertEqual(sorted(self.table("domfsinfo")),
                         [["/mnt/first", "vda", "ext4", "vda"],
                          ["/mnt/second", "vdb1", "ext4", "vdb"]])

    def test_its_disks(self):
        found = self.facts("disk")
        names = {found[f"disk.{n}.name"]: n for n in range(int(found["disk.count"]))}
        for name, alias in (("/dev/vda", "vda"), ("/dev/vdb", "vdb")):
            self.assertEqual(found[f"disk.{names[name]}.partition"], "no")
            self.assertEqual(found[f"disk.{names[name]}.alias"], alias)
        self.assertEqual(found[f"disk.{names['/dev/vdb1']}.partition"], "yes")

    def test_its_interfaces(self):
        found = self.facts("interface")
        self.assertEqual(found["if.count"], "2")
        self.assertEqual(found["if.0.name"], "lo")
        self.assertEqual(found["if.1.hwaddr"], HARDWARE_ADDRESS)
        self.assertEqual(found["if.1.addr.0.addr"], ADDRESS)

    def test_its_addresses(self):
        addresses = self.table("domifaddr", "--source", "agent")
        self.assertEqual(addresses[0], ["lo", "00:00:00:00:00:00", "ipv4", "127.0.0.1/8"])
        self.assertIn(["eth0", HARDWARE_ADDRESS, "ipv4", ADDRESS + "/24"], addresses)

    def test_its_load(self):
        if not self.can("guestinfo", "--load"):
            self.skipTest("this virsh does not ask for the load")
        self.assertGreaterEqual(float(self.facts("load")["load.1m"]), 0)

    def test_everything_at_once(self):
        everything = self.fields("guestinfo")
        for name in ("user.count", "os.id", "timezone.name", "hostname", "fs.count", "disk.count",
                     "if.count"):
            self.assertIn(name, everything)
