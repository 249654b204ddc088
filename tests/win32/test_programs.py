# SPDX-License-Identifier: Apache-2.0
"""The programs as a user starts them: test_programs.py VIRTAGENT GUESTCTL [WINE]"""

import os
import subprocess
import sys
import tempfile
import unittest

VIRTAGENT, GUESTCTL = map(os.path.abspath, sys.argv[1:3])
WRAPPER = sys.argv[3:]

# There on Windows, and not on Linux; there on Linux, and not on Windows.
OF_WINDOWS = {"guest-get-devices"}
NOT_OF_WINDOWS = {"guest-set-vcpus", "guest-get-memory-blocks", "guest-set-memory-blocks",
                  "guest-get-memory-block-info", "guest-suspend-hybrid"}


def run(*words, cwd=None):
    """(exit code, standard output, standard error, to which wine may add)"""
    # Files, as a pipe stays open for as long as what wine started in the background.
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        code = subprocess.run([*WRAPPER, *words], cwd=cwd, stdin=subprocess.DEVNULL, stdout=out,
                              stderr=errors, timeout=60, env=dict(os.environ, LC_ALL="C.UTF-8"),
                              check=False).returncode
        out.seek(0)
        errors.seek(0)
        return code, out.read().decode(), errors.read().decode()


class Arguments(unittest.TestCase):
    def test_are_utf8(self):
        code, _, errors = run(GUESTCTL, "grüße-文-😀")
        self.assertIn("unknown command 'grüße-文-😀'", errors)
        self.assertNotEqual(0, code)

    def test_patterns_are_left_alone(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "found"), "wb"):
                pass
            self.assertIn("unknown command 'f*'", run(GUESTCTL, "f*", cwd=folder)[2])
            self.assertIn("unknown command '*'", run(GUESTCTL, "*", cwd=folder)[2])

    def test_quotes_and_backslashes_arrive(self):
        for word in ('a b', 'a"b', 'a\\"b', 'C:\\x\\', 'x\\\\'):
            self.assertIn(f"unknown command '{word}'", run(GUESTCTL, word)[2])


class Agent(unittest.TestCase):
    def test_says_its_version(self):
        code, text, _ = run(VIRTAGENT, "--version")
        self.assertEqual(0, code)
        self.assertRegex(text, r"^virtagent [0-9.]+ \(QEMU Guest Agent [0-9.]+\)\r?\n$")

    def test_has_the_commands_of_windows(self):
        code, text, _ = run(VIRTAGENT, "--block-rpcs=help")
        commands = set(text.split())
        self.assertEqual(0, code)
        self.assertLess({"guest-ping", "guest-sync-delimited", "guest-exec"}, commands)
        self.assertEqual(set(), OF_WINDOWS - commands)
        self.assertEqual(set(), NOT_OF_WINDOWS & commands)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
