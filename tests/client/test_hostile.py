# SPDX-License-Identifier: Apache-2.0
"""guestctl against an agent that lies, stalls and babbles: it ends, says why, and harms nothing."""
import itertools
import json
import os
import time
import unittest

from scripted import CLOSE, SILENCE, GuestctlTest, b64, error, line

ENOUGH = 5  # seconds within which a time-out of 0.5 s must have ended everything


def drip(data):
    """Byte by byte, for ever: each arrives in time, together they never end."""
    for byte in itertools.chain(data, itertools.repeat(b" "[0])):
        yield bytes([byte])
        time.sleep(0.02)


class Hostile(GuestctlTest):
    def quick(self, *arguments, code=125, err):
        start = time.monotonic()
        result = self.guestctl("--timeout", "0.5", *arguments)
        self.assertLess(time.monotonic() - start, ENOUGH)
        self.expect(result, code, b"", b"guestctl: " + err + b"\n")


class Sync(Hostile):
    PREFIX = b"guest-sync-delimited: "

    def sync(self, answer):
        return self.agent(sync_delimited=answer, ping={})

    def test_an_agent_may_complain_about_the_delimiter_first(self):
        """As qemu-ga does."""
        complaint = error("JSON parse error, stray '\\uFFFD'")
        self.sync(lambda arguments: complaint + b"\xff" + line({"return": arguments["id"]}))
        self.assertEqual(self.guestctl("ping").code, 0)

    def test_replies_to_somebody_else_are_skipped(self):
        junk = [
            b'{"return": {}}\n',
            b'{"return": {"buf-b64": "AAAA',
            b"\xff" + line({"return": 4711}),
            b"\xff\xff\xff}}}]]\n",
            b'\xff{"half": ',
        ]
        self.sync(lambda arguments: b"".join(junk) + b"\xff" + line({"return": arguments["id"]}))
        self.assertEqual(self.guestctl("ping").code, 0)

    def test_a_long_leftover_is_skipped(self):
        rest = b"A" * (3 * 2**20) + b'"}}\n'
        self.sync(lambda arguments: rest + b"\xff" + line({"return": arguments["id"]}))
        self.assertEqual(self.guestctl("ping").code, 0)

    def test_a_wrong_id_is_no_answer(self):
        for wrong in (lambda i: i + 1, str, float, lambda i: [i], lambda i: None):
            with self.subTest(wrong=wrong(1)):
                agent = self.sync(lambda a: b"\xff" + line({"return": wrong(a["id"])}))
                self.quick("ping", err=self.PREFIX + b"no reply within 0.5 s")
                self.assertEqual(agent.asked, [])
                agent.stop()

    def test_the_right_id_without_delimiter_is_no_answer(self):
        self.sync(lambda arguments: line({"return": arguments["id"]}))
        self.quick("ping", err=self.PREFIX + b"no reply within 0.5 s")

    def test_silence(self):
        self.sync(SILENCE)
        self.quick("ping", err=self.PREFIX + b"no reply within 0.5 s")

    def test_hanging_up(self):
        self.sync(CLOSE)
        self.quick("ping", err=self.PREFIX + b"the agent closed the connection")

    def test_dripping(self):
        self.sync(drip(b"\xff"))
        self.quick("ping", err=self.PREFIX + b"no reply within 0.5 s")

    def test_a_flood_ends(self):
        for piece in (b"x" * 65536, b"\xff" * 65536, b'\xff{"return": 1}\n' * 4096):
            with self.subTest(piece=piece[:8]):
                agent = self.sync(itertools.repeat(piece))
                start = time.monotonic()
                result = self.guestctl("--timeout", "1", "ping")
                self.assertLess(time.monotonic() - start, ENOUGH)
                self.assertEqual((result.code, result.out), (125, b""))
                agent.stop()


class Replies(Hostile):
    def test_what_is_no_reply(self):
        for reply, message in (
            (b"[]\n", b"the agent's reply makes no sense: it is not an object"),
            (b"{}\n", b"the agent's reply makes no sense: neither return nor error, or both"),
            (b'{"error": {}}\n', b"the agent's reply makes no sense: an error without description"),
            (b'{"return": \n]', b"the agent's reply is broken: JSON parse error, expecting value"),
            (b'{"return": "abc', b"no reply within 0.5 s"),
            (b"", b"no reply within 0.5 s"),
        ):
            with self.subTest(reply=reply):
                agent = self.agent(ping=reply)
                self.quick("ping", err=b"guest-ping: " + message)
                agent.stop()

    def test_hanging_up(self):
        self.agent(ping=CLOSE)
        self.quick("ping", err=b"guest-ping: the agent closed the connection")

    def test_hanging_up_in_the_middle(self):
        """Half a reply, then nobody."""
        self.agent(file_open=1, file_read=b'{"return": {"count": 3, "buf-b64": "AA', file_close=CLOSE)
        result = self.guestctl("--timeout", "0.5", "get", "/x", self.path("x"))
        self.assertEqual(result.code, 125)
        self.assertFalse(os.path.exists(self.path("x")))

    def test_dripping(self):
        self.agent(ping=drip(b'{"return": '))
        self.quick("ping", err=b"guest-ping: no reply within 0.5 s")

    def test_an_endless_reply(self):
        self.agent(ping=itertools.chain([b'{"return": "'], itertools.repeat(b"x" * 65536)))
        message = b"guestctl: guest-ping: the reply is longer than 1 MiB\n"
        self.expect(self.guestctl("ping"), 125, b"", message)

    def test_endless_blanks(self):
        self.agent(ping=itertools.repeat(b"\n" * 65536))
        message = b"guestctl: guest-ping: the reply is longer than 1 MiB\n"
        self.expect(self.guestctl("ping"), 125, b"", message)

    def test_deep_nesting(self):
        for n in (1025, 100_000):
            with self.subTest(n=n):
                agent = self.agent(ping=b'{"return": ' + b"[" * n + b"]" * n + b"}\n")
                message = b"guest-ping: the agent's reply is broken: JSON nesting depth limit exceeded"
                self.quick("ping", err=message)
                agent.stop()

    def test_nesting_within_the_limit_is_printed(self):
        nested = b"[" * 1000 + b"]" * 1000
        self.agent(ping=b'{"return": ' + nested + b"}\n")
        expected = b'{"return": ' + nested + b"}\n"
        self.expect(self.guestctl("raw", '{"execute": "guest-ping"}'), 0, expected)

    def test_words_cannot_command_a_terminal(self):
        self.agent(ping=error("\x1b[2J\x1b]0;owned\x07 ok\nguestctl: fine \u202e\u009b"))
        expected = rb"guest-ping: \x1b[2J\x1b]0;owned\x07 ok\x0aguestctl: fine \u202E\u009B"
        self.quick("ping", code=1, err=expected)

    def test_a_status_page_cannot_be_forged(self):
        self.agent(
            get_host_name={"host-name": "web\x1b[1A\n  Agent      all is well"},
            get_timezone={"zone": "X" * 10**5, "offset": 10**17},
            get_time=2**63 - 1,
            get_load={"load1m": 1e308, "load5m": -5, "load15m": 10**400},
            get_users=[{"user": "\u2066x"}] * 10**4 + [[], 7, None],
            network_get_interfaces=[{"name": "if\r", "ip-addresses": [{"ip-address": "\x1b"}] * 99}] * 99,
            info={"version": {}, "supported_commands": [{"name": "a b\n", "enabled": 1}] * 10**4},
        )
        result = self.guestctl("status")
        self.assertEqual((result.code, result.err), (0, b""))
        self.assertIn(rb"Host name  web\x1b[1A\x0a  Agent", result.out)
        self.assertNotRegex(result.out, rb"[\x00-\x09\x0b-\x1f\x7f]|\xe2\x81\xa6")
        self.assertLess(result.out.count(b"\n"), 400)
        self.assertLess(len(result.out), 100_000)

    def test_status_of_nonsense_is_empty(self):
        for value in ([], {}, None, "x", 1.5, [[]], {"supported_commands": {}}):
            with self.subTest(value=value):
                names = "get_host_name get_osinfo get_timezone get_load network_get_interfaces"
                agent = self.agent(**{name: value for name in names.split()})
                self.expect(self.guestctl("status"), 0, b"")
                agent.stop()

    def test_json_output_is_plain_ascii(self):
        self.agent(ping={"\x1b\u202e\u009b\x7f\0": "\n"})
        result = self.guestctl("raw", '{"execute": "guest-ping"}')
        self.assertRegex(result.out, rb"^[ -~]+\n$")
        self.assertEqual(json.loads(result.out)["return"], {"\x1b\u202e\u009b\x7f\0": "\n"})


class Files(Hostile):
    READ = b"guest-file-read: the agent's reply makes no sense: "

    def get(self, read, code=125, **more):
        agent = self.agent(**{"file_open": 1000, "file_close": {}, "file_read": read} | more)
        start = time.monotonic()
        result = self.guestctl("--timeout", "0.5", "get", "/remote", self.path("copy"))
        self.assertLess(time.monotonic() - start, ENOUGH)
        self.assertEqual(os.listdir(self.room), ["agent.sock"])
        agent.stop()
        return result

    def test_reads_that_cannot_be(self):
        for read, message in (
            ({"count": 2, "buf-b64": b64(b"x"), "eof": True}, b"count is not the number of bytes that came"),
            ({"count": -1, "buf-b64": "", "eof": True}, b"count is not the number of bytes that came"),
            ({"count": 2**64, "buf-b64": "", "eof": True}, b"no sound number 'count'"),
            ({"buf-b64": "", "eof": True}, b"no sound number 'count'"),
            ({"count": 1, "buf-b64": "eA", "eof": True}, b"no sound base64 'buf-b64'"),
            ({"count": 1, "buf-b64": 7, "eof": True}, b"no sound base64 'buf-b64'"),
            ({"count": 0, "eof": True}, b"no data"),
            ({"count": 0, "buf-b64": "", "eof": "yes"}, b"no sound yes or no 'eof'"),
            (
                {"count": 2**20 + 1, "buf-b64": b64(bytes(2**20 + 1)), "eof": True},
                b"more bytes than were asked for",
            ),
        ):
            with self.subTest(message=message):
                self.expect(self.get(read), 125, b"", b"guestctl: " + self.READ + message + b"\n")

    def test_a_handle_that_is_none(self):
        message = b"guestctl: guest-file-open: the agent's reply makes no sense: not a number\n"
        self.expect(self.get({}, file_open={"handle": 1}), 125, b"", message)

    def test_neither_bytes_nor_an_end(self):
        message = b"guestctl: guest-file-read: neither bytes nor an end for 0.5 s\n"
        self.expect(self.get({"count": 0, "buf-b64": "", "eof": False}), 125, b"", message)

    def test_silence_in_the_middle(self):
        pieces = iter([{"count": 1, "buf-b64": b64(b"x"), "eof": False}])
        result = self.get(lambda _: next(pieces, SILENCE))
        self.expect(result, 125, b"", b"guestctl: guest-file-read: no reply within 0.5 s\n")

    def test_an_endless_read(self):
        flood = itertools.chain([b'{"return": {"buf-b64": "'], itertools.repeat(b"A" * 2**20))
        agent = self.agent(file_open=1, file_read=flood, file_close={})
        result = self.guestctl("get", "/remote", self.path("copy"))
        self.assertEqual((result.code, result.out), (125, b""))
        self.assertRegex(result.err, rb"limit exceeded|longer than 96 MiB")
        self.assertFalse(os.path.exists(self.path("copy")))
        self.assertTrue(agent.thread.is_alive())

    def test_hanging_up_in_the_middle_of_a_put(self):
        """Part of a request has been sent then."""
        for answers in ({"file_open": 1, "file_write": CLOSE}, {"file_open": CLOSE}):
            with self.subTest(answers=answers):
                agent = self.agent(**answers)
                result = self.guestctl("put", self.write("a", bytes(2**23)), "/remote")
                self.assertEqual((result.code, result.out), (125, b""))
                self.assertRegex(result.err, rb"^guestctl: guest-file-\w+: the agent closed the connection\n$")
                agent.stop()

    def test_writes_that_cannot_be(self):
        for count in (0, 2, -1):
            with self.subTest(count=count):
                agent = self.agent(
                    file_open=1, file_write={"count": count, "eof": False}, file_close={}
                )
                message = b"guest-file-write: the agent's reply makes no sense: not all bytes were written"
                self.quick("put", self.write("a", b"x"), "/remote", err=message)
                agent.stop()


class Exec(Hostile):
    def test_a_status_without_end(self):
        for status, message in (
            ({}, b"no sound yes or no 'exited'"),
            ({"exited": 1}, b"no sound yes or no 'exited'"),
        ):
            with self.subTest(status=status):
                agent = self.agent(exec={"pid": 7}, exec_status=status)
                prefix = b"process 7 in the guest: guest-exec-status: the agent's reply makes no sense: "
                self.quick("exec", "x", err=prefix + message)
                agent.stop()

    def test_an_end_without_code_is_no_success(self):
        self.agent(exec={"pid": 7}, exec_status={"exited": True})
        message = b"guest-exec-status: the agent's reply makes no sense: no sound number 'signal'"
        self.quick("exec", "x", err=message)

    def test_output_that_is_no_base64_is_no_success(self):
        self.agent(exec={"pid": 7}, exec_status={"exited": True, "exitcode": 0, "out-data": "?"})
        message = b"guest-exec-status: the agent's reply makes no sense: no sound base64 'out-data'"
        self.quick("exec", "x", err=message)


if __name__ == "__main__":
    unittest.main()
