# SPDX-License-Identifier: Apache-2.0
"""Starts an agent in a directory of its own and talks to it over its unix socket.

Works with any agent that takes qemu-ga's options, so that a transcript can be tried on both.
"""

import os
import select
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
import time

START_MAX = 20  # seconds until the agent must answer; valgrind and sanitizers are slow
REPLY_MAX = 30  # seconds until a reply must be there


class Agent:
    """A running agent; use it in a `with` statement."""

    def __init__(self, program, args=(), env=None, wrapper=None):
        self.dir = tempfile.mkdtemp(prefix="va-")
        self.path = os.path.join(self.dir, "agent.sock")
        self.program = os.path.abspath(program)
        self.args = list(args)
        self.env = {**os.environ, "QGA_CONF": "", **(env or {})}
        self.wrapper = shlex.split(wrapper or os.environ.get("VA_WRAPPER", ""))
        self.process = None

    def command(self):
        return [*self.wrapper, self.program, "-m", "unix-listen", "-p", self.path,
                "-t", self.dir, *self.args]

    def start(self):
        self.stderr = open(os.path.join(self.dir, "stderr"), "ab")
        self.process = subprocess.Popen(self.command(), env=self.env, cwd=self.dir,
                                        stdin=subprocess.DEVNULL, stderr=self.stderr)
        deadline = time.monotonic() + START_MAX
        while True:
            try:
                self.connect().close()
                return self
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError("agent did not start: " + self.errors()) from None
                time.sleep(0.01)  # polling for the socket: there is nothing to wait on

    def errors(self):
        with open(os.path.join(self.dir, "stderr"), encoding="utf-8", errors="replace") as file:
            return file.read()

    def connect(self):
        return Client(self.path)

    def stop(self, number=signal.SIGTERM):
        """Ends the agent and returns its exit status."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(number)
        status = self.process.wait(START_MAX) if self.process else None
        self.stderr.close()
        return status

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        try:
            self.stop()
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            shutil.rmtree(self.dir, ignore_errors=True)


class Client:
    """One connection; replies are lines of bytes without their line feed."""

    def __init__(self, path):
        self.buffer = bytearray()
        self.socket = socket.socket(socket.AF_UNIX)
        try:
            self.socket.connect(path)
        except OSError:
            self.socket.close()
            raise

    def send(self, data):
        self.socket.sendall(data)

    def line(self, timeout=REPLY_MAX):
        """The next reply line; raises TimeoutError or EOFError."""
        deadline = time.monotonic() + timeout
        seen = 0
        while (end := self.buffer.find(b"\n", seen)) < 0:
            seen = len(self.buffer)
            if not select.select([self.socket], [], [], max(0, deadline - time.monotonic()))[0]:
                raise TimeoutError(f"no reply within {timeout} s, have {bytes(self.buffer[:200])}")
            data = self.socket.recv(1 << 20)
            if not data:
                raise EOFError(f"the agent hung up, have {bytes(self.buffer[:200])}")
            self.buffer += data
        line = bytes(self.buffer[:end])
        del self.buffer[:end + 1]
        return line

    def ask(self, request):
        """Sends one request line, returns its reply line."""
        self.send(request.encode() + b"\n" if isinstance(request, str) else request)
        return self.line()

    def silent(self, seconds=0):
        """True if nothing has arrived that was not asked for."""
        return not self.buffer and not select.select([self.socket], [], [], seconds)[0]

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
