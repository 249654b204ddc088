# SPDX-License-Identifier: Apache-2.0
"""The installer, from nothing to nothing: test_msi.py SOURCE BUILD BRIDGE, under wine.

BUILD is a build directory for Windows of the tree SOURCE, and BRIDGE of its tests.
"""

import glob
import os
import subprocess
import sys
import tempfile
import time
import unittest
import zipfile

import wine
from services import SERVICES, SOURCE, run, status, value, wait_for

TREE, BUILD, BRIDGE = sys.argv[1:]
PIPE = r"\\.\pipe\virtagent-msi"
OURS = r"HKLM\Software\virtagent"
FILES = {"virtagent.exe", "guestctl.exe", "virtagent-vss.dll", "virtagent-vss.tlb",
         "LICENSE.txt", "README.txt"}
GONE_MAX = 20  # seconds until what was ended or removed must be gone


def package(kind, version, out):
    """The path of a package of that version."""
    printed = subprocess.run([os.path.join(TREE, "tools/package"), kind, "x86_64"], check=True,
                             env={**os.environ, "BUILD": BUILD, "OUT": out, "VERSION": version},
                             stdout=subprocess.PIPE, text=True).stdout
    return printed.splitlines()[-1]


def export(msi, table):
    text = subprocess.run(["msiinfo", "export", msi, table], check=True, stdout=subprocess.PIPE,
                          text=True).stdout
    return [line.split("\t") for line in text.splitlines()[3:]]


def folder():
    return os.path.join(wine.prefix(), "drive_c/Program Files/virtagent")


def installed():
    return set(os.listdir(folder())) if os.path.isdir(folder()) else set()


def ask(request):
    """What the service on the pipe replies; a predecessor may still be leaving the pipe."""
    deadline = time.monotonic() + GONE_MAX
    while True:
        try:
            return ask_once(request)
        except OSError:
            if time.monotonic() > deadline:
                raise


def ask_once(request):
    port = wine.free_port()
    bridge = wine.start(BRIDGE, PIPE, str(port), stdout=subprocess.DEVNULL)
    try:
        with wine.connect(port) as host:
            host.sendall(request + b"\n")
            reply = b""
            while not reply.endswith(b"\n"):
                piece = host.recv(4096)
                if not piece:
                    raise ConnectionError("hung up")
                reply += piece
            return reply
    finally:
        bridge.kill()
        bridge.wait()


class Msi(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.TemporaryDirectory()
        self.addCleanup(self.dir.cleanup)

    def msiexec(self, *words):
        code, text = run("msiexec", *words, "/qn")
        self.assertEqual(0, code, text)

    def assert_running(self, name="virtagent"):
        self.assertEqual("RUNNING", wait_for(name, "RUNNING")["STATE"])
        self.assertEqual(b'{"return": {}}\n', ask(b'{"execute":"guest-ping"}'))

    def assert_nothing_left(self, name="virtagent"):
        deadline = time.monotonic() + GONE_MAX
        while os.path.exists(folder()) and time.monotonic() < deadline:
            time.sleep(0.05)  # polling: the file of a process goes with the process
        self.assertEqual(set(), installed())
        self.assertFalse(os.path.exists(folder()))
        self.assertIsNone(value(SERVICES + "\\" + name, "ImagePath"))
        self.assertIsNone(value(SOURCE, "EventMessageFile"))
        self.assertIsNone(value(OURS, "ServiceName"))
        left = glob.glob(os.path.join(wine.prefix(), "drive_c/ProgramData/virtagent*"))
        self.assertEqual([], left)

    def test_from_install_to_removal(self):
        old = wine.path(package("msi", "11.0.0", self.dir.name))
        new = wine.path(package("msi", "11.0.1", self.dir.name))
        arguments = f"SERVICEARGS=-m pipe-listen -p {PIPE}"
        self.addCleanup(run, "msiexec", "/x", new, "/qn")
        self.addCleanup(run, "msiexec", "/x", old, "/qn")

        self.msiexec("/i", old, arguments)
        self.assertEqual(FILES, installed())
        self.assert_running()
        self.assertRegex(value(SERVICES + r"\virtagent", "ImagePath"),
                         r'^"C:\\Program Files\\virtagent\\virtagent\.exe" -d .*pipe-listen')
        self.assertIn("virtagent.exe", value(SOURCE, "EventMessageFile"))

        os.unlink(os.path.join(folder(), "guestctl.exe"))
        run("net", "stop", "virtagent")
        run("sc", "delete", "virtagent")
        self.msiexec("/i", old, "REINSTALL=ALL", "REINSTALLMODE=amus")  # what /f means
        self.assertEqual(FILES, installed())
        self.assert_running()

        self.msiexec("/i", new)
        self.assertEqual(FILES, installed())
        self.assert_running()  # with the arguments of the old one
        self.assertEqual(1, list(status("virtagent")).count("STATE"))

        self.msiexec("/x", new)
        self.assert_nothing_left()

    def test_in_place_of_the_existing_agent(self):
        msi = wine.path(package("msi", "11.0.0", self.dir.name))
        run("sc", "create", "QEMU-GA", "binPath=", r"C:\other\qemu-ga.exe -d")
        self.addCleanup(run, "sc", "delete", "QEMU-GA")
        self.addCleanup(run, "msiexec", "/x", msi, "/qn")
        self.msiexec("/i", msi, "SERVICENAME=QEMU-GA", f"SERVICEARGS=-m pipe-listen -p {PIPE}")
        self.assert_running("QEMU-GA")
        self.assertIsNone(value(SERVICES + r"\virtagent", "ImagePath"))
        self.msiexec("/x", msi)
        self.assert_nothing_left("QEMU-GA")

    def test_custom_actions_run_our_program_only(self):
        table = export(package("msi", "11.0.0", self.dir.name), "CustomAction")
        self.assertEqual(4, len(table))
        for name, kind, source, command, *_ in table:
            # An installed file, deferred, with the installer's rights (MSDN, "Custom Action Type 18").
            self.assertEqual(18 | 1024 | 2048, int(kind) & ~(64 | 256), name)
            self.assertEqual(name.startswith("Undo"), bool(int(kind) & 256), name)
            self.assertEqual("virtagent.exe", source)
            self.assertTrue(command.startswith("--service "), command)


class Zip(unittest.TestCase):
    def test_is_complete_and_the_same_each_time(self):
        with tempfile.TemporaryDirectory() as out:
            path = package("zip", "11.0.0", out)
            with open(path, "rb") as file:
                first = file.read()
            with zipfile.ZipFile(path) as archive:
                self.assertEqual({"virtagent/" + name for name in FILES}, set(archive.namelist()))
            with open(package("zip", "11.0.0", out), "rb") as file:
                self.assertEqual(first, file.read())


if __name__ == "__main__":
    wine.keep_server()
    unittest.main(argv=sys.argv[:1])
