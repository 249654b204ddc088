# SPDX-License-Identifier: Apache-2.0
"""What the agent reports of a guest whose facts are known, and a program that it runs there."""

import base64
import struct
import time

from claims import Claims, call
from guest import HARDWARE_ADDRESS

UTMP = "<hxxi32s4s32s256shhiii16s20s"  # struct utmp of glibc on x86-64, utmp(5)
BOOT_TIME, USER_PROCESS, DEAD_PROCESS = 2, 7, 8


def login(kind, line, user, seconds):
    return struct.pack(UTMP, kind, 400, line, line[-4:], user, b"", 0, 0, 0, seconds, 250000, b"",
                       b"")


class Facts(Claims):
    @classmethod
    def setUpClass(cls):
        cls.running = cls.agent(cls).start()
        cls.host = cls.running.connect()

    @classmethod
    def tearDownClass(cls):
        cls.host.close()
        cls.running.stop()

    def test_the_system_is_described(self):
        release = self.guest.shell("uname -r").strip()
        self.assertEqual(call(self.host, "guest-get-osinfo"), {
            "kernel-release": release, "kernel-version": self.guest.shell("uname -v").strip(),
            "machine": "x86_64", "id": "testguest", "name": "Test Guest",
            "pretty-name": "Test Guest 1.0 (box)", "version": "1.0 (box)", "version-id": "1.0",
            "variant": "Test Edition", "variant-id": "test"})
        self.assertEqual(call(self.host, "guest-get-host-name"), {"host-name": "guest-under-test"})

    def test_the_users_are_those_logged_in(self):
        self.guest.write("/run/utmp", b"".join([
            login(BOOT_TIME, b"~", b"reboot", 1700000000),
            login(USER_PROCESS, b"pts/0", b"tester", 1700000100),
            login(USER_PROCESS, b"pts/1", b"root", 1700000050),
            login(USER_PROCESS, b"pts/2", b"tester", 1700000020),
            login(DEAD_PROCESS, b"pts/3", b"", 1700000000)]))
        users = call(self.host, "guest-get-users")
        self.assertEqual(sorted((user["user"], user["login-time"]) for user in users),
                         [("root", 1700000050.25), ("tester", 1700000020.25)])

    def test_the_network_is_described(self):
        names = {card["name"]: card for card in call(self.host, "guest-network-get-interfaces")}
        self.assertEqual(set(names), {"lo", "eth0"})
        self.assertEqual(names["eth0"]["hardware-address"], HARDWARE_ADDRESS)
        self.assertIn({"ip-address": "10.0.2.15", "ip-address-type": "ipv4", "prefix": 24},
                      names["eth0"]["ip-addresses"])
        self.assertGreater(names["eth0"]["statistics"]["tx-packets"], 0)

    def test_the_time_is_the_guests(self):
        self.assertAlmostEqual(call(self.host, "guest-get-time") / 1e9, time.time(), delta=5)
        zone = call(self.host, "guest-get-timezone")
        self.assertIn(zone, ({"zone": "CET", "offset": 3600}, {"zone": "CEST", "offset": 7200}))

    def test_a_program_runs_in_the_guest(self):
        pid = call(self.host, "guest-exec", path="uname", arg=["-n"],
                   **{"capture-output": True})["pid"]
        while not (status := call(self.host, "guest-exec-status", pid=pid))["exited"]:
            pass
        self.assertEqual(status["exitcode"], 0)
        self.assertEqual(base64.b64decode(status["out-data"]), b"guest-under-test\n")
