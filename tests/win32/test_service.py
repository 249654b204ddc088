# SPDX-License-Identifier: Apache-2.0
"""The agent as a service, as an administrator sets it up: test_service.py VIRTAGENT, under wine."""

import os
import sys
import tempfile
import unittest

import wine
from services import SERVICES, SOURCE, run, value, wait_for

AGENT = sys.argv[1]
NAME = "virtagent-check"
PIPE = r"\\.\pipe\virtagent-check"


def has_pipe():
    return "pipe-listen" in run(AGENT, "--help")[1]


class Service(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.TemporaryDirectory()
        self.addCleanup(self.dir.cleanup)
        self.addCleanup(run, AGENT, "-s", "uninstall", "--service-name=" + NAME)

    def do(self, verb, *words, name=NAME):
        code, text = run(AGENT, "-s", verb, "--service-name=" + name, *words)
        self.assertEqual(0, code, text)

    def image(self, name=NAME):
        return value(SERVICES + "\\" + name, "ImagePath")

    def assert_gone(self, name):
        self.assertIsNone(self.image(name))
        self.assertIsNone(value(SOURCE, "EventMessageFile"))

    def test_is_installed_once_and_removed_without_a_trace(self):
        for path in ("one two", "three"):
            self.do("install", "-v", "-b", "guest-exec,guest-shutdown", "-l", "C:\\" + path)
            self.assertRegex(self.image(), r'virtagent\.exe"? -d --retry-path --verbose '
                                           r'--block-rpcs=guest-exec,guest-shutdown ')
        self.assertTrue(self.image().endswith(r" --logfile=C:\three"), self.image())
        self.assertEqual("0x2", value(SERVICES + "\\" + NAME, "Start"))
        self.assertEqual("LocalSystem", value(SERVICES + "\\" + NAME, "ObjectName"))
        self.assertIn("virtagent.exe", value(SOURCE, "EventMessageFile"))
        self.assertEqual("0x7", value(SOURCE, "TypesSupported"))
        self.do("uninstall")
        self.assert_gone(NAME)
        self.do("uninstall")

    def test_two_of_different_names_go_together(self):
        other = NAME + "-2"
        self.addCleanup(run, AGENT, "-s", "uninstall", "--service-name=" + other)
        self.do("install")
        self.do("install", name=other)
        self.assertIn(other, value(SERVICES + "\\" + other, "DisplayName"))

    def test_words_with_blanks_and_quotes_arrive(self):
        self.do("install", "-l", 'C:\\a "b" c\\')
        self.assertIn(r'"--logfile=C:\a \"b\" c\\"', self.image())

    def test_takes_over_from_another_agent(self):
        run("sc", "create", "QEMU-GA", "binPath=", r"C:\other\qemu-ga.exe -d")
        self.addCleanup(run, "sc", "delete", "QEMU-GA")
        self.do("install", name="QEMU-GA")
        self.assertRegex(self.image("QEMU-GA"), r'virtagent\.exe"? -d --retry-path$')
        self.do("uninstall", name="QEMU-GA")
        self.assert_gone("QEMU-GA")

    def test_a_failed_start_is_a_failure_of_the_service(self):
        self.do("install", "-t", wine.path(self.dir.name), "-l", r"C:\no such\directory\log")
        run("net", "start", NAME)
        now = wait_for(NAME, "STOPPED")
        self.assertEqual((1066, 1), (now["WIN32"], now["SERVICE"]))  # a service-specific error

    def test_runs_until_it_is_stopped(self):
        if not has_pipe():
            self.skipTest("this agent cannot listen on a pipe")
        log = os.path.join(self.dir.name, "log")
        self.do("install", "-m", "pipe-listen", "-p", PIPE, "-v", "-t", wine.path(self.dir.name),
                "-l", wine.path(log))
        code, text = run("net", "start", NAME)
        self.assertEqual(0, code, text)
        wait_for(NAME, "RUNNING")
        code, text = run("net", "stop", NAME)
        self.assertEqual(0, code, text)
        self.assertEqual({"STATE": "STOPPED", "WIN32": 0, "SERVICE": 0}, wait_for(NAME, "STOPPED"))
        with open(log, encoding="utf-8") as lines:
            self.assertIn("info: service stop: going", lines.read())

    def test_is_stopped_before_it_is_removed(self):
        if not has_pipe():
            self.skipTest("this agent cannot listen on a pipe")
        self.do("install", "-m", "pipe-listen", "-p", PIPE, "-t", wine.path(self.dir.name))
        run("net", "start", NAME)
        wait_for(NAME, "RUNNING")
        self.do("uninstall")
        self.assert_gone(NAME)


class CommandLine(unittest.TestCase):
    def test_a_wrong_verb_is_told_with_the_right_ones(self):
        code, text = run(AGENT, "-s", "remove")
        self.assertEqual(1, code)
        self.assertIn("service must be one of install, uninstall, vss-install, vss-uninstall, "
                      "not 'remove'", text)

    def test_started_by_hand_in_the_background_is_told(self):
        code, text = run(AGENT, "-d")
        self.assertEqual(1, code)
        self.assertIn("not started by the service manager", text)


if __name__ == "__main__":
    wine.keep_server()
    unittest.main(argv=sys.argv[:1])
