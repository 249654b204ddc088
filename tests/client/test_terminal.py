# SPDX-License-Identifier: Apache-2.0
"""guestctl on a terminal: what a guest says cannot command it; style and progress are for it."""
import os
import pty
import subprocess
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

    def test_progress_is_taken_away_at_the_end(self):
        self.file([b"\0" * 2**20] * 60)
        shown = self.on_terminal("get", "/the/file", self.path("x"), stdout=False)
        if not shown:
            self.skipTest("too fast for progress to show")
        self.assertIn(b"\r/the/file ", shown)
        self.assertRegex(shown, rb"\r {79}\r$")
        self.assertEqual(os.path.getsize(self.path("x")), 60 * 2**20)


if __name__ == "__main__":
    unittest.main()
