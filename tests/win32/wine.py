# SPDX-License-Identifier: Apache-2.0
"""What tests need of wine: programs, paths, a serial port whose other end is ours, a named pipe.

WINEPREFIX says where wine lives, and must be an initialized one; nothing is shown on any display.
"""

import os
import pty
import socket
import subprocess
import time
import tty

QUIET = subprocess.DEVNULL
COM_FIRST, COM_LAST = 40, 250  # none of those that wine finds on a machine
CONNECT_MAX = 20  # seconds until a program that has been started listens


def environment(extra=None):
    env = {**os.environ, "WINEDEBUG": os.environ.get("WINEDEBUG", "-all"), **(extra or {})}
    env.pop("DISPLAY", None)
    return env


def prefix():
    return os.environ.get("WINEPREFIX") or os.path.expanduser("~/.wine")


def path(unix):
    """The absolute path @unix as Windows has it; slashes are as good as backslashes."""
    return "Z:" + os.path.abspath(unix)


def keep_server():
    """Starts wine's server by itself: one that a test's program starts would hold its output."""
    subprocess.run(["wineserver", "-p60"], env=environment(), stdin=QUIET, stdout=QUIET,
                   stderr=QUIET, check=False)


def start(program, *args, **options):
    """A Popen of the Windows program, which killing ends at once."""
    options.setdefault("stdin", QUIET)
    options["env"] = environment(options.get("env"))
    return subprocess.Popen(["wine", program, *args], **options)


class Port:
    """A COM port, and the other end of its line: what a host writes to and reads from."""

    def __init__(self):
        self.master, self.slave = pty.openpty()
        tty.setraw(self.slave)
        self.name = self.link = None
        for number in range(COM_FIRST, COM_LAST):
            link = os.path.join(prefix(), "dosdevices", f"com{number}")
            if os.path.islink(link) and not os.path.exists(link):
                os.unlink(link)  # of a test that was killed
            try:
                os.symlink(os.ttyname(self.slave), link)
            except FileExistsError:
                continue  # another test's
            self.name, self.link = f"COM{number}", link
            return
        raise RuntimeError("no COM port is free")

    def close(self):
        os.unlink(self.link)
        os.close(self.master)
        os.close(self.slave)


class Line:
    """The far end of a port, with what is used of a socket."""

    def __init__(self, port):
        self.fd = port.master

    def fileno(self):
        return self.fd

    def sendall(self, data):
        while data:
            data = data[os.write(self.fd, data):]

    def recv(self, size):
        return os.read(self.fd, size)

    def close(self):
        """The line is the port's; a serial port has nobody to hang up."""


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def connect(number):
    """A TCP connection to what listens on this machine, or is about to."""
    deadline = time.monotonic() + CONNECT_MAX
    while True:
        try:
            sock = socket.create_connection(("127.0.0.1", number), 1)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return sock
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)  # polling for a listener: there is nothing to wait on
