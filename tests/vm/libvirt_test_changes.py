# SPDX-License-Identifier: Apache-2.0
"""Changes in the guest: its processors, its clock, its users' passwords and keys."""

import os
import time

from libvirt_claims import Claims

CLOCK_OFF = 5  # seconds that two looks at a clock may be apart
PAST = 1700000000
KEYS = [f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{letter * 43} {letter}@host" for letter in "BC"]
PASSWORD = "s3cret ä:'\"$"
HASHED_WORD = "other word"
HASH = ("$6$virtagent$6Zpcd8jB1/d31RgxUFNolFzzCmzHmfrbakf"
        "hlxpUa45cwXoXxS8iKSzKTnxk6yLMhEuZcWOhPmV7uSbwjYyNp/")  # of HASHED_WORD, by crypt(3)
KEY_FILE = "/home/tester/.ssh/authorized_keys"


class Processors(Claims):
    def tearDown(self):
        self.guest.shell("echo 1 >/sys/devices/system/cpu/cpu1/online")

    def online(self):
        return self.guest.shell("cat /sys/devices/system/cpu/online").strip()

    def test_they_are_listed(self):
        self.assertEqual(self.fields("guestvcpus"),
                         {"vcpus": "0-1", "online": "0-1", "offlinable": "1"})

    def test_one_goes_and_comes_back(self):
        self.virsh("guestvcpus", "--cpulist", "1", "--disable")
        self.assertEqual(self.online(), "0")
        self.assertEqual(self.fields("guestvcpus")["online"], "0")
        self.virsh("guestvcpus", "--cpulist", "1", "--enable")
        self.assertEqual(self.online(), "0-1")

    def test_their_number_is_set(self):
        self.virsh("setvcpus", "1", "--guest")
        self.assertEqual(self.online(), "0")
        self.assertEqual(self.virsh("vcpucount", "--guest"), "1")
        self.virsh("setvcpus", "2", "--guest")
        self.assertEqual(self.online(), "0-1")

    def test_the_first_stays(self):
        self.refused("vCPU '0' is not offlinable", "guestvcpus", "--cpulist", "0", "--disable")
        self.assertEqual(self.online(), "0-1")


class Clock(Claims):
    def tearDown(self):
        self.virsh("domtime", "--now")

    def assert_near(self, seconds, expected):
        self.assertLess(abs(int(seconds) - expected), CLOCK_OFF)

    def assert_both(self, expected):
        """The system's clock and the hardware's."""
        self.assert_near(self.guest.shell("date +%s"), expected)
        self.assert_near(self.guest.shell("cat /sys/class/rtc/rtc0/since_epoch"), expected)

    def test_it_is_told(self):
        told = self.fields("domtime")["Time"]
        self.assert_near(told, int(self.guest.shell("date +%s")))

    def test_a_time_is_set(self):
        self.virsh("domtime", "--time", str(PAST))
        self.assert_both(PAST)

    def test_the_hosts_time_is_set(self):
        self.guest.shell(f"date -s @{PAST}")
        self.virsh("domtime", "--now")
        self.assert_both(time.time())

    def test_it_is_set_by_the_hardware_clock(self):
        self.guest.shell(f"date -s @{PAST}")
        self.virsh("domtime", "--sync")
        self.assert_both(time.time())


class Passwords(Claims):
    def logs_in(self, password):
        """What PAM thinks of it."""
        self.guest.write("/run/password", password.encode() + b"\0")
        return self.guest.run("unix_chkpwd tester nonull </run/password")[0] == 0

    def test_a_password_logs_in(self):
        self.assertFalse(self.logs_in(PASSWORD))
        self.virsh("set-user-password", "tester", PASSWORD)
        self.assertTrue(self.logs_in(PASSWORD))
        self.assertFalse(self.logs_in(PASSWORD + "x"))

    def test_a_hashed_password_logs_in(self):
        self.virsh("set-user-password", "tester", HASH, "--encrypted")
        self.assertTrue(self.logs_in(HASHED_WORD))
        self.assertFalse(self.logs_in(HASH))

    def test_an_unknown_user_is_refused(self):
        self.refused("password", "set-user-password", "nobody-here", PASSWORD)


class Keys(Claims):
    def setUp(self):
        self.guest.shell("rm -rf /home/tester/.ssh")

    def set_keys(self, *keys, option=()):
        path = self.guest.path("keys")
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(key + "\n" for key in keys)  # virsh takes an empty line for a key, too
        self.virsh("set-user-sshkeys", "tester", "--file", path, *option)
        os.unlink(path)

    def assert_keys(self, *keys):
        told = self.virsh("get-user-sshkeys", "tester")
        self.assertEqual(told.replace("\n", ""), "".join(keys))  # some versions put no line feeds

    def test_keys_are_added_once_in_order(self):
        self.set_keys(KEYS[0])
        self.assert_keys(KEYS[0])
        self.set_keys(*KEYS)
        self.assert_keys(*KEYS)

    def test_the_file_is_the_users_alone(self):
        self.set_keys(*KEYS)
        self.assertEqual(self.guest.shell(f"stat -c '%u:%g %a' {KEY_FILE}").strip(),
                         "1000:1000 600")
        self.assertEqual(self.guest.shell("stat -c '%u:%g %a' /home/tester/.ssh").strip(),
                         "1000:1000 700")
        self.assertEqual(self.guest.read(KEY_FILE).decode().splitlines(), KEYS)

    def test_keys_are_replaced(self):
        self.set_keys(KEYS[0])
        self.set_keys(KEYS[1], option=["--reset"])
        self.assert_keys(KEYS[1])

    def test_all_keys_are_removed(self):
        self.set_keys(*KEYS)
        self.virsh("set-user-sshkeys", "tester", "--reset")
        self.assert_keys()

    def test_keys_are_removed(self):
        self.set_keys(*KEYS)
        self.set_keys(KEYS[0], option=["--remove"])
        self.assert_keys(KEYS[1])

    def test_an_unknown_user_is_refused(self):
        self.refused("nobody-here", "get-user-sshkeys", "nobody-here")
