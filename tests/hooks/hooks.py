# SPDX-License-Identifier: Apache-2.0
"""A room for a hook: a PATH with nothing on it but plain tools and stand-ins that note their calls."""
import os
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

HOOKS = os.environ["HOOKS"]
PATIENCE = 20  # seconds after which something has hung
TOOLS = ("cat date find grep id mkdir mkfifo rm sed sh sleep tail tr").split()
SHELLS = {"dash": ["dash"], "bash": ["bash"], "busybox": ["busybox", "sh"]}


class HookTest(unittest.TestCase):
    hook = None
    shell = None

    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="va-hooks-")
        self.addCleanup(holder.cleanup)
        self.room = holder.name
        self.bin = os.path.join(self.room, "bin")
        os.mkdir(self.bin)
        for tool in TOOLS:
            os.symlink(shutil.which(tool), os.path.join(self.bin, tool))
        self.env = {"PATH": self.bin, "ROOM": self.room}
        self.stand_in("logger")

    def path(self, name):
        return os.path.join(self.room, name)

    def write(self, path, text, mode=0o755):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, mode)

    def stand_in(self, name, body=""):
        """A program that notes how it was called and then does what @body says."""
        note = 'echo "${0##*/} $*" >>"$ROOM/calls"\n'
        path = os.path.join(self.bin, name)
        if os.path.lexists(path):
            os.unlink(path)
        self.write(path, "#!/bin/sh\n" + note + body + "\n")

    def needs_stand_in(self, name):
        if self.shell == "busybox":
            self.skipTest(f"this shell has a {name} of its own")

    def calls(self, without="logger "):
        """Since the last time."""
        try:
            with open(self.path("calls"), encoding="utf-8") as file:
                lines = file.read().splitlines()
            os.unlink(self.path("calls"))
        except FileNotFoundError:
            return []
        return [line for line in lines if not line.startswith(without)]

    def command(self, *arguments):
        shell = SHELLS[self.shell]
        return [shutil.which(shell[0]), *shell[1:], os.path.join(HOOKS, self.hook), *arguments]

    def run_hook(self, *arguments):
        """Exit status and what it said. Whoever keeps its output open is an error here: the agent
        would not wait, but may be asked to show the output."""
        done = subprocess.run(self.command(*arguments), env=self.env, timeout=PATIENCE,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, start_new_session=True, check=False)
        return done.returncode, done.stdout.decode()

    def stop_hook_in(self, phase, condition):
        """As the agent does when the time is over."""
        process = subprocess.Popen(self.command(phase), env=self.env, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   start_new_session=True)
        self.await_true(condition)
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(PATIENCE)

    def await_true(self, condition):
        deadline = time.monotonic() + PATIENCE
        while not condition():
            self.assertLess(time.monotonic(), deadline, "it does not come about")
            time.sleep(0.01)  # polling another process: there is nothing to wait on

    def succeeds(self, *arguments):
        self.assertEqual(self.run_hook(*arguments), (0, ""))

    def fails(self, *arguments, saying, status=1):
        code, said = self.run_hook(*arguments)
        self.assertEqual(code, status, said)
        self.assertIn(saying, said)


class Claims:
    """What holds for every hook."""

    def test_knows_its_phases(self):
        for arguments in ((), ("melt",), ("",)):
            self.fails(*arguments, saying="usage: ", status=2)


def for_every_shell(*claims):
    """Test cases by name, each of @claims under each shell that is there."""
    cases = {}
    for shell, command in SHELLS.items():
        for claim in claims:
            name = claim.__name__ + shell.capitalize()
            case = type(name, (claim, HookTest), {"shell": shell})
            if not shutil.which(command[0]):
                case = unittest.skip("no " + command[0] + " here")(case)
            cases[name] = case
    return cases
