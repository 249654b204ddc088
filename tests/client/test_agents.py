# SPDX-License-Identifier: Apache-2.0
"""guestctl against real agents: virtagent of this build, and qemu-ga where it is installed."""
import json
import os
import shutil
import subprocess
import time
import unittest

from scripted import GuestctlTest

QEMU_GA = shutil.which("qemu-ga", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/bin")


class RealAgent:
    program = None

    def setUp(self):
        super().setUp()
        self.process = subprocess.Popen(
            [self.program, "-m", "unix-listen", "-p", self.socket, "-t", self.room],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.addCleanup(self.stop)
        deadline = time.monotonic() + 20
        while self.guestctl("--timeout", "2", "ping").code != 0:
            self.assertIsNone(self.process.poll(), "the agent ended")
            self.assertLess(time.monotonic(), deadline, "the agent does not answer")
            time.sleep(0.02)

    def stop(self):
        self.process.kill()
        self.process.wait()

    def test_facts(self):
        result = self.guestctl("status")
        self.assertEqual((result.code, result.err), (0, b""))
        for label in (b"  Host name  ", b"  Kernel     ", b"  Time       ", b"  Agent      version "):
            self.assertIn(label, result.out)
        self.assertIn(b"(as here)", result.out)
        self.assertIn("return", json.loads(self.guestctl("status", "--json").out)["guest-info"])
        self.assertIn(b"on  guest-ping\n", self.guestctl("info").out)

    def test_raw(self):
        result = self.guestctl("raw", '{"execute": "guest-ping", "id": [1, "x"]}')
        self.assertEqual(result.code, 0)
        self.assertEqual(json.loads(result.out), {"return": {}, "id": [1, "x"]})
        result = self.guestctl("raw", '{"execute": "guest-nonsense"}')
        self.assertEqual(result.code, 1)
        self.assertEqual(json.loads(result.out)["error"]["class"], "CommandNotFound")

    def test_exec(self):
        script = "echo out; echo err >&2; exit 7"
        self.expect(self.guestctl("exec", "--", "sh", "-c", script), 7, b"out\n", b"err\n")
        self.expect(self.guestctl("exec", "sh", "-c", "kill -9 $$"), 137)
        self.expect(self.guestctl("exec", "-i", "-", "cat", stdin=b"\0\xff" * 9), 0, b"\0\xff" * 9)
        self.expect(self.guestctl("exec", "-e", "A=b c", "/bin/sh", "-c", "echo $A"), 0, b"b c\n")
        self.expect(self.guestctl("exec", "-n", "sh", "-c", "echo out"), 0)
        self.assertEqual(self.guestctl("exec", "/no/such/program").code, 127)
        self.assertEqual(self.guestctl("exec", "/etc/passwd").code, 126)

    def test_files(self):
        for size in (0, 1, 3 * 2**20 + 7):
            with self.subTest(size=size):
                data = os.urandom(size)
                self.expect(self.guestctl("put", self.write("a", data), self.path("b")), 0)
                self.assertEqual(self.read("b"), data)
                self.expect(self.guestctl("get", self.path("b"), self.path("c")), 0)
                self.assertEqual(self.read("c"), data)
                self.expect(self.guestctl("cat", self.path("b")), 0, data)
        result = self.guestctl("cat", self.path("none"))
        self.assertEqual(result.code, 1)
        self.assertIn(b"guestctl: guest-file-open: failed to open file", result.err)


class Virtagent(RealAgent, GuestctlTest):
    program = os.environ["AGENT"]


@unittest.skipUnless(QEMU_GA, "qemu-ga is not installed")
class QemuGa(RealAgent, GuestctlTest):
    program = QEMU_GA


if __name__ == "__main__":
    unittest.main()
