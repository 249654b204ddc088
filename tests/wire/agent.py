# SPDX-License-Identifier: Apache-2.0
"""Starts an agent in a directory of its own and talks to it: over its unix socket, or, to one for
Windows, over a serial port or a named pipe of wine.

Works with any agent that takes qemu-ga's options, so that a transcript can be tried on both.
"""

import os
import select
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../win32"))
import wine  # noqa: E402

START_MAX = 20  # seconds until the agent must answer; valgrind and sanitizers are slow
REPLY_MAX = 30  # seconds until a reply must be there
ANSWER_MAX = 0.3  # seconds until one that may never come is asked for again


def agent_of(program, **options):
    """The Agent that @program is; one for Windows is at a named pipe if BRIDGE is set."""
    if not program.endswith(".exe"):
        return Agent(program, **options)
    return (WinePipeAgent if "BRIDGE" in os.environ else WineAgent)(program, **options)


class Agent:
    """A running agent; use it in a `with` statement."""

    system = "posix"

    def __init__(self, program, args=(), env=None, wrapper=None):
        self.dir = tempfile.mkdtemp(prefix="va-")
        self.path = os.path.join(self.dir, "agent.sock")
        self.program = os.path.abspath(program)
        self.args = list(args)
        self.env = {**os.environ, "QGA_CONF": "", **(env or {})}
        self.wrapper = shlex.split(wrapper or os.environ.get("VA_WRAPPER", ""))
        self.process = None

    def shown(self, path):
        """What the agent calls a file of this machine."""
        return path

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


class WineAgent(Agent):
    """An agent for Windows under wine, at a serial port."""

    system = "windows"

    def __init__(self, program, args=(), env=None):
        super().__init__(program, args, wine.environment(env))
        self.syncs = 8000000
        self.open()

    def open(self):
        self.port = wine.Port()

    def close(self):
        self.port.close()

    def shown(self, path):
        return wine.path(path)

    def channel(self):
        return ["-m", "isa-serial", "-p", self.port.name]

    def command(self):
        return ["wine", self.program, *self.channel(), "-t", wine.path(self.dir), *self.args]

    def start(self):
        wine.keep_server()
        self.stderr = open(os.path.join(self.dir, "stderr"), "ab")
        self.process = subprocess.Popen(self.command(), env=self.env, cwd=self.dir,
                                        stdin=subprocess.DEVNULL, stderr=self.stderr)
        deadline = time.monotonic() + START_MAX
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("agent did not start: " + self.errors())
        return self

    def answers(self):
        """What a host does at a channel that does not tell when it is opened: asks until it is
        answered, and ignores what was meant for somebody else."""
        self.syncs += 1
        with self.connect() as client:
            try:
                client.send(b'{"execute":"guest-sync","arguments":{"id":%d}}\n' % self.syncs)
                while client.line(ANSWER_MAX) != b'{"return": %d}' % self.syncs:
                    pass
                return True
            except (TimeoutError, EOFError, ConnectionError):
                return False

    def connect(self):
        """Who comes to a line says so, because nobody sees them come."""
        client = PortClient(self.port)
        client.send(b"\xff")
        return client

    def stop(self, number=signal.SIGKILL):
        """There is no other signal for a Windows program; 0, as nobody asked it to end."""
        super().stop(signal.SIGKILL)
        return 0

    def __enter__(self):
        try:
            return self.start()
        except RuntimeError:
            self.__exit__()
            raise

    def __exit__(self, *args):
        super().__exit__(*args)
        self.close()


class WinePipeAgent(WineAgent):
    """The same at a named pipe, which tests/win32/bridge.c makes a TCP port of this machine."""

    def open(self):
        self.name = "\\\\.\\pipe\\" + os.path.basename(self.dir)
        self.number = wine.free_port()
        self.bridge = wine.start(os.environ["BRIDGE"], self.name, str(self.number),
                                 stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        if self.bridge.stdout.readline().strip() != b"ready":
            raise RuntimeError("no bridge")

    def close(self):
        self.bridge.kill()
        self.bridge.wait()
        self.bridge.stdout.close()

    def channel(self):
        return ["-m", "pipe-listen", "-p", self.name]

    def connect(self):
        return BridgeClient(self.number)


class Client:
    """One connection; replies are lines of bytes without their line feed."""

    def __init__(self, path):
        self.buffer = bytearray()
        self.socket = self.dial(path)

    def dial(self, path):
        sock = socket.socket(socket.AF_UNIX)
        try:
            sock.connect(path)
            return sock
        except OSError:
            sock.close()
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


class PortClient(Client):
    """The other end of a serial port."""

    def dial(self, port):
        return wine.Line(port)


class BridgeClient(Client):
    """A client of a named pipe."""

    def dial(self, number):
        return wine.connect(number)
