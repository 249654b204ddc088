# SPDX-License-Identifier: Apache-2.0
"""guestctl on a terminal: what a guest says cannot command it; style and progress are for it."""
import fcntl
import os
import pty
import subprocess
import termios
import threading
import time
import unittest

from scripted import GUESTCTL, GuestctlTest, b64


def drain(master):
    data = b""
    while True:
        try:
            piece = os.read(master, 65536)
        except OSError:  # EIO: the last one at the other end has gone
            return data
        if not piece:
            return data
        data += piece


def read_until(master, wanted):
    data = b""
    while wanted not in data:
        data += os.read(master, 65536)
    return data


def screen(data, width=80):
    """The lines that a terminal shows, blank ones at the end left out."""
    rows, column = [[]], 0
    text = data.decode()
    while text:
        if text.startswith("\x1b[K"):
            del rows[-1][column:]
            text = text[3:]
            continue
        letter, text = text[0], text[1:]
        if letter == "\n":
            rows.append([])
        elif letter == "\r":
            column = 0
        else:
            if column == width:
                rows.append([])
                column = 0
            rows[-1] += " " * (column + 1 - len(rows[-1]))
            rows[-1][column] = letter
            column += 1
    return "\n".join("".join(row).rstrip() for row in rows).rstrip().split("\n")


class Terminal(GuestctlTest):
    def on_terminal(self, *arguments, stdout=True, stderr=True, **environment):
        """Output of both descriptors on one terminal, with its CR LF put back to LF."""
        master, slave = pty.openpty()
        process = subprocess.Popen(
            [GUESTCTL, "-s", self.socket, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=slave if stdout else subprocess.DEVNULL,
            stderr=slave if stderr else subprocess.DEVNULL,
            env=self.environment(**environment),
        )
        os.close(slave)
        data = drain(master)
        os.close(master)
        process.wait(30)
        return data.replace(b"\r\n", b"\n")

    def file(self, pieces):
        """A file that is read in these pieces."""
        rest = iter(pieces)

        def read(_):
            piece = next(rest, b"")
            return {"count": len(piece), "buf-b64": b64(piece), "eof": not piece}

        self.agent(file_open=1, file_close={}, file_read=read, file_seek={"position": 0, "eof": False})

    def test_a_file_is_shown_harmlessly(self):
        self.file([b"a\tb\n\x1b[2J\xe2\x80", b"\xaex\xc3", b"\xbc\xff"])
        shown = self.on_terminal("cat", "/x")
        self.assertEqual(shown.expandtabs(8), b"a\tb\n\\x1b[2J\\u202Ex\xc3\xbc\\xff".expandtabs(8))

    def test_raw_is_raw(self):
        self.file([b"\x1b[1m!"])
        self.assertEqual(self.on_terminal("cat", "--raw", "/x"), b"\x1b[1m!")

    def test_a_programs_output_is_shown_harmlessly(self):
        status = {"exited": True, "exitcode": 0, "out-data": b64(b"\x1b]0;x\x07\n"), "err-data": b64(b"\x9b")}
        self.agent(exec={"pid": 1}, exec_status=status)
        self.assertEqual(self.on_terminal("exec", "x"), b"\\x1b]0;x\\x07\n\\x9b")

    def test_each_stream_is_judged_by_itself(self):
        status = {"exited": True, "exitcode": 0, "out-data": b64(b"\x1b"), "err-data": b64(b"\x1b")}
        self.agent(exec={"pid": 1}, exec_status=status)
        self.assertEqual(self.on_terminal("exec", "x", stdout=False), b"\\x1b")

    def test_style_is_for_terminals_that_want_it(self):
        self.agent(get_host_name={"host-name": "web"})
        styled, plain = b"  \x1b[2mHost name\x1b[0m  web\n", b"  Host name  web\n"
        self.assertEqual(self.on_terminal("status"), styled)
        self.assertEqual(self.on_terminal("status", NO_COLOR=""), styled)
        self.assertEqual(self.on_terminal("status", NO_COLOR="1"), plain)
        self.assertEqual(self.on_terminal("status", TERM="dumb"), plain)

    def test_a_short_copy_shows_no_progress(self):
        self.file([b"x"])
        self.assertEqual(self.on_terminal("get", "/x", self.path("x"), stdout=False), b"")

    def start(self, *arguments):
        """On a terminal of its own, where Ctrl-C works."""
        master, slave = pty.openpty()
        self.addCleanup(os.close, master)
        process = subprocess.Popen(
            [GUESTCTL, "-s", self.socket, *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=self.environment(),
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        os.close(slave)
        return process, master

    def endless_file(self):
        """A file that has one more byte, until it is told to end."""
        ended = threading.Event()

        def read(_):
            return {"count": 1, "buf-b64": b64(b"x"), "eof": ended.is_set()}

        seek = {"position": 2**40, "eof": False}
        answers = iter([seek, {"position": 0, "eof": False}])
        self.agent(file_open=1, file_close={}, file_read=read, file_seek=lambda _: next(answers))
        return ended

    def test_progress_is_taken_away_at_the_end(self):
        ended = self.endless_file()
        process, master = self.start("get", "/the/file", self.path("x"))
        shown = read_until(master, b"B/s")
        self.assertRegex(screen(shown)[0], r"^/the/file  .* \[>           \] .*B/s$")
        ended.set()
        shown += drain(master)
        self.assertEqual(screen(shown), [""])
        self.assertEqual(process.wait(30), 0)

    def test_an_interrupt_leaves_nothing_but_its_message(self):
        """The terminal itself writes ^C behind the progress."""
        self.endless_file()
        process, master = self.start("get", "/the/file", self.path("x"))
        shown = read_until(master, b"B/s")
        os.write(master, b"\x03")
        shown += drain(master)
        self.assertIn(b"^C", shown)
        self.assertEqual(screen(shown.replace(b"\r\n", b"\n")), ["guestctl: guest-file-read: interrupted"])
        self.assertEqual(process.wait(30), 130)

    def test_what_is_printed_has_no_progress_in_between(self):
        """However long it takes: this is twice the time after which progress shows."""
        end = time.monotonic() + 0.5

        def read(_):
            return {"count": 1, "buf-b64": b64(b"x"), "eof": time.monotonic() > end}

        agent = self.agent(file_open=1, file_close={}, file_read=read)
        self.assertRegex(self.on_terminal("cat", "/x"), rb"^x+$")
        self.assertNotIn("guest-file-seek", agent.commands())


if __name__ == "__main__":
    unittest.main()
