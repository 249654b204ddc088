# SPDX-License-Identifier: Apache-2.0
"""libvirtd, run by hand, and virsh."""

import os
import shutil
import signal
import subprocess
import time

from kernel import tool

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "libvirt")
DOMAIN = "guest"
START_MAX = 60  # seconds until libvirtd must answer; it asks QEMU for its abilities first
STOP_MAX = 20   # seconds until it must have ended
VIRSH_MAX = 60  # seconds one virsh may take
POLL = 0.05     # seconds


class VirshError(Exception):
    """What virsh said instead of doing it."""


class Daemon:
    """A libvirtd whose files are in @directory; use it in a `with` statement."""

    def __init__(self, directory):
        self.program, self.virsh_program = tool("libvirtd"), tool("virsh")
        self.errors = os.path.join(directory, "libvirtd.errors")
        self.process = None
        self.env = {**os.environ, "LIBVIRT_DEFAULT_URI": "qemu:///system", "LC_ALL": "C.UTF-8",
                    "HOME": directory, "XDG_RUNTIME_DIR": directory}

    def start(self):
        shutil.copy(os.path.join(DATA, "qemu.conf"), "/etc/libvirt/qemu.conf")
        with open(self.errors, "ab") as errors:
            self.process = subprocess.Popen(
                [self.program, "--config", os.path.join(DATA, "libvirtd.conf")], env=self.env,
                stdin=subprocess.DEVNULL, stdout=errors, stderr=errors)
        self.wait_for(lambda: "qemu" in self.virsh("uri"), "libvirtd answers", START_MAX)

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        try:
            self.process.wait(STOP_MAX)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def restart(self):
        self.stop()
        self.start()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def said(self):
        with open(self.errors, encoding="utf-8", errors="replace") as file:
            return file.read()[-4000:]

    def begin(self, *command):
        """virsh, running."""
        return subprocess.Popen([self.virsh_program, *command], env=self.env, text=True,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE)

    @staticmethod
    def finish(virsh):
        """What it says, once it has ended."""
        output, errors = virsh.communicate(timeout=VIRSH_MAX)
        if virsh.returncode:
            raise VirshError(errors.strip())
        return output.strip()

    def virsh(self, *command):
        return self.finish(self.begin(*command))

    def wait_for(self, condition, words, seconds):
        deadline = time.monotonic() + seconds
        while True:
            try:
                if condition():
                    return
                failure = "no"
            except VirshError as error:
                failure = error
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{words}: {failure}\n{self.said()}")
            time.sleep(POLL)
