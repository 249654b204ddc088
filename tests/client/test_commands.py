# SPDX-License-Identifier: Apache-2.0
"""guestctl against an agent that behaves: what is asked, what is printed, the exit codes."""
import base64
import json
import os
import signal
import subprocess
import time
import unittest

from scripted import CLOSE, GUESTCTL, SILENCE, GuestctlTest, Interrupted, b64, error


class CommandLine(GuestctlTest):
    def test_usage_errors_are_2(self):
        for arguments, message in (
            ([], b"no command; --help lists them"),
            (["fly"], b"unknown command 'fly'; --help lists them"),
            (["cat"], b"usage: guestctl cat REMOTE"),
            (["ping", "more"], b"usage: guestctl ping"),
            (["put", "only"], b"usage: guestctl put LOCAL REMOTE"),
            (["--timeout", "0", "ping"], b"--timeout takes more than 0 and at most 86400 seconds"),
            (["ping", "--timeout=nan"], b"--timeout takes more than 0 and at most 86400 seconds"),
            (["cat", "--json", "x"], b"Unknown option --json; see --help"),
            (["ping", "-s"], b"Missing argument for -s; see --help"),
            (["--json", "cat", "x"], b"cat has no JSON to print"),
            (["cat", b"\xff"], b"path '\\xff' is not UTF-8"),
            (["raw", '{"execute"'], b"not a complete JSON text"),
        ):
            with self.subTest(arguments=arguments):
                self.expect(self.guestctl(*arguments), 2, b"", b"guestctl: " + message + b"\n")

    def test_an_agent_must_be_named(self):
        expected = b"guestctl: which agent?  Give --socket or set GUESTCTL_SOCKET\n"
        self.expect(self.guestctl("ping", address=False), 2, b"", expected)

    def test_usage_errors_of_exec_are_125(self):
        """2 could be the program's."""
        self.assertEqual(self.guestctl("exec").code, 125)
        self.assertEqual(self.guestctl("exec", "--nonsense", "--", "ls").code, 125)
        self.assertEqual(self.guestctl("exec", "--env", "X", "ls").code, 125)

    def test_the_environment_names_the_agent(self):
        self.agent(ping={})
        result = self.guestctl("ping", address=False, GUESTCTL_SOCKET=self.socket)
        self.assertRegex(result.out, rb"^ok \d+\.\d{3} ms\n$")
        self.assertEqual(result.code, 0)

    def test_the_last_address_counts(self):
        """Before and behind the command; the others are forgotten, and not leaked."""
        self.agent(ping={})
        for arguments in (["-s", "/a", "ping", "-s", self.socket], ["-s", "/a", "-s", self.socket, "ping"]):
            with self.subTest(arguments=arguments):
                result = self.guestctl(*arguments, address=False)
                self.assertEqual((result.code, result.err), (0, b""))
        self.assertEqual(self.guestctl("ping", "-s", "/a", "-s", self.path("none")).code, 125)

    def test_version_and_help(self):
        self.assertRegex(self.guestctl("--version").out, rb"^guestctl \d+\.\d+\.\d+\n$")
        text = self.guestctl("--help").out.decode()
        for word in ("ping", "info", "status", "raw", "exec", "cat", "put", "get", "125", "--json"):
            self.assertIn(word, text)
        for name in ("ping", "info", "status", "raw", "exec", "cat", "put", "get"):
            for arguments in ([name, "--help"], [name, "-h"]):
                result = self.guestctl(*arguments, address=False)
                self.assertEqual((result.code, result.err), (0, b""))
                self.assertTrue(result.out.startswith(f"Usage: guestctl -s ADDRESS {name}".encode()))
                self.assertLess(max(map(len, result.out.split(b"\n"))), 80)

    def test_no_agent_is_125(self):
        expected = f"guestctl: failed to connect to '{self.socket}': No such file or directory\n"
        self.expect(self.guestctl("ping"), 125, b"", expected.encode())
        self.assertEqual(self.guestctl("-s", "vsock:nonsense", "ping").code, 125)


class Facts(GuestctlTest):
    INFO = {
        "version": "11.0.0",
        "supported_commands": [
            {"name": "guest-exec", "enabled": False, "success-response": True},
            {"name": "guest-ping", "enabled": True, "success-response": True},
        ],
    }

    def test_ping_in_json(self):
        self.agent(ping={})
        result = self.guestctl("ping", "--json")
        self.assertRegex(result.out, rb'^{"milliseconds": \d+\.\d{3}}\n$')
        self.assertGreater(json.loads(result.out)["milliseconds"], 0)

    def test_a_refusal_is_1_and_in_the_agents_words(self):
        self.agent(ping=error("not today"))
        self.expect(self.guestctl("ping"), 1, b"", b"guestctl: guest-ping: not today\n")

    def test_info(self):
        self.agent(info=self.INFO)
        self.expect(
            self.guestctl("info"), 0, b"version 11.0.0\noff guest-exec\non  guest-ping\n"
        )
        self.assertEqual(json.loads(self.guestctl("--json", "info").out), {"return": self.INFO})

    def full_agent(self):
        now = time.time_ns()
        return self.agent(
            get_host_name={"host-name": "web-01"},
            get_osinfo={
                "pretty-name": "Debian GNU/Linux 12 (bookworm)",
                "kernel-release": "6.1.0",
                "machine": "x86_64",
            },
            get_timezone={"zone": "CET", "offset": 3600},
            get_time=now + 7000 * 10**9,
            get_load={"load1m": 0.07, "load5m": 1, "load15m": 12.345},
            get_users=[{"user": "ann", "login-time": 0.5}, {"user": "bob", "domain": "D"}],
            network_get_interfaces=[
                {"name": "lo", "ip-addresses": [{"ip-address": "127.0.0.1", "prefix": 8}]},
                {"name": "dummy0"},
                {
                    "name": "eth0",
                    "ip-addresses": [
                        {"ip-address": "192.0.2.2", "prefix": 24},
                        {"ip-address": "fe80::1"},
                    ],
                },
            ],
            fsfreeze_status="frozen",
            info=self.INFO,
        )

    def test_status_is_a_page(self):
        agent = self.full_agent()
        lines = self.guestctl("status").out.decode().split("\n")
        self.assertRegex(
            lines[3], r"^  Time       \d{4}-\d\d-\d\d \d\d:\d\d:\d\d CET \(117 min ahead of this host\)$"
        )
        del lines[3]
        self.assertEqual(
            lines,
            [
                "  Host name  web-01",
                "  System     Debian GNU/Linux 12 (bookworm)",
                "  Kernel     6.1.0, x86_64",
                "  Load       0.07  1.00  12.35",
                "  Users      ann since 1970-01-01 01:00",
                "             D\\bob",
                "  Network    lo       127.0.0.1/8",
                "             eth0     192.0.2.2/24",
                "                      fe80::1",
                "  Storage    frozen",
                "  Agent      version 11.0.0, 1 commands on, 1 off",
                "  Off        guest-exec",
                "",
            ],
        )
        self.assertEqual(len(agent.asked), 9)

    def crowded_agent(self):
        def interface(name, n):
            addresses = [{"ip-address": f"192.0.2.{i}", "prefix": 24} for i in range(n)]
            return {"name": name, "ip-addresses": addresses}

        return self.agent(
            get_users=[{"user": f"u{i}"} for i in range(40)],
            network_get_interfaces=[
                interface("vEthernet (Default Switch)", 1),
                interface("\u4ee5\u592a\u7f51", 5),
                *[interface(f"veth{i}", 1) for i in range(20)],
                {"name": "down"},
            ],
            info={
                "version": "11",
                "supported_commands": [{"name": f"guest-{i}", "enabled": False} for i in range(99)],
            },
        )

    def test_status_stays_a_page(self):
        """Wide characters count twice; what is too much is counted."""
        self.crowded_agent()
        lines = self.guestctl("status").out.decode().split("\n")
        self.assertEqual(lines[0], "  Users      u0")
        self.assertEqual(lines[6], "             ... and 34 more")
        self.assertEqual(
            lines[7:16],
            [
                "  Network    vEthernet (Default Switch)",
                "                      192.0.2.0/24",
                "             \u4ee5\u592a\u7f51   192.0.2.0/24",
                "                      192.0.2.1/24",
                "                      192.0.2.2/24",
                "                      192.0.2.3/24",
                "                      ... and 1 more",
                "             veth0    192.0.2.0/24",
                "             veth1    192.0.2.0/24",
            ],
        )
        self.assertEqual(lines[21], "             ... and 13 more interfaces")
        self.assertEqual(lines[22], "  Agent      version 11, 0 commands on, 99 off")
        self.assertTrue(lines[-2].endswith("guest-11, ... and 87 more"), lines)
        self.assertEqual(len(lines), 26)

    def test_status_leaves_out_what_the_agent_cannot_tell(self):
        self.agent(get_host_name={"host-name": "old"})
        self.expect(self.guestctl("status"), 0, b"  Host name  old\n")

    def test_status_in_json_is_every_reply(self):
        self.full_agent()
        replies = json.loads(self.guestctl("status", "-j").out)
        self.assertEqual(len(replies), 9)
        self.assertEqual(replies["guest-get-host-name"], {"return": {"host-name": "web-01"}})

    def test_status_in_json_has_the_errors_too(self):
        self.agent()
        reply = json.loads(self.guestctl("status", "-j").out)["guest-info"]
        self.assertEqual(reply["error"]["class"], "CommandNotFound")


class Raw(GuestctlTest):
    def test_a_reply_is_a_line(self):
        self.agent(ping=b'{"return": {"n": 123456789012345678901234567890, "f": 1.10}}\n')
        expected = b'{"return": {"n": 123456789012345678901234567890, "f": 1.10}}\n'
        self.expect(self.guestctl("raw", '{"execute": "guest-ping"}'), 0, expected)

    def test_several_requests_have_several_lines(self):
        self.agent(ping={}, get_time=error("no clock"))
        request = '{"execute": "guest-ping"}\n{"execute": "guest-get-time"}\n{"execute":"guest-ping"}'
        result = self.guestctl("raw", request)
        self.assertEqual(result.code, 1)
        self.assertEqual(result.out.count(b"\n"), 3)

    def test_silence_is_consent_where_that_is_the_rule(self):
        for answer in (SILENCE, CLOSE):
            with self.subTest(answer=answer):
                agent = self.agent(shutdown=answer)
                result = self.guestctl("--timeout", "0.5", "raw", '{"execute": "guest-shutdown"}')
                note = b"guestctl: no reply, which means that it was accepted\n"
                self.expect(result, 0, b"", note)
                self.assertEqual(agent.commands(), ["guest-shutdown"])
                agent.stop()

    def test_silence_is_a_failure_elsewhere(self):
        self.agent(ping=SILENCE)
        result = self.guestctl("--timeout", "0.5", "raw", '{"execute": "guest-ping"}')
        self.expect(result, 125, b"", b"guestctl: guest-ping: no reply within 0.5 s\n")


class Exec(GuestctlTest):
    def run_exec(self, status, *arguments, **more):
        agent = self.agent(exec={"pid": 7}, exec_status=status)
        return self.guestctl("exec", *arguments, **more), agent

    def test_output_goes_where_it_belongs(self):
        status = {"exited": True, "exitcode": 0, "out-data": b64(b"a\0\xff"), "err-data": b64(b"b")}
        result, agent = self.run_exec(status, "--", "prog", "-x", "--", "--help")
        self.expect(result, 0, b"a\0\xff", b"b")
        self.assertEqual(
            agent.asked,
            [
                ("guest-exec", {"path": "prog", "arg": ["-x", "--", "--help"], "capture-output": True}),
                ("guest-exec-status", {"pid": 7}),
            ],
        )

    def test_the_programs_options_are_its_own(self):
        result, agent = self.run_exec({"exited": True, "exitcode": 0}, "ls", "--raw", "-h", "--", "-i")
        self.expect(result, 0)
        self.assertEqual(agent.asked[0][1]["arg"], ["--raw", "-h", "--", "-i"])

    def test_exit_codes_are_the_programs(self):
        for status, code in (
            ({"exitcode": 0}, 0),
            ({"exitcode": 3}, 3),
            ({"exitcode": 255}, 255),
            ({"signal": 9}, 137),
        ):
            with self.subTest(status=status):
                result, agent = self.run_exec({"exited": True} | status, "x")
                self.expect(result, code)
                agent.stop()

    def test_a_code_that_does_not_fit_is_no_success(self):
        result, _ = self.run_exec({"exited": True, "exitcode": 256}, "x")
        self.expect(result, 255, b"", b"guestctl: the program ended with code 256 (0x100)\n")

    def test_env_input_and_capture_are_passed_on(self):
        file = self.write("in", b"\0data\xff" * 1000)
        result, agent = self.run_exec(
            {"exited": True, "exitcode": 0}, "-e", "A=b c", "--env=C=", "-n", "--input", file, "x"
        )
        self.expect(result, 0)
        asked = agent.asked[0][1]
        self.assertEqual(asked["env"], ["A=b c", "C="])
        self.assertIs(asked["capture-output"], False)
        self.assertEqual(base64.b64decode(asked["input-data"]), b"\0data\xff" * 1000)

    def test_input_can_be_ours(self):
        _, agent = self.run_exec({"exited": True, "exitcode": 0}, "-i", "-", "cat", stdin=b"hello")
        self.assertEqual(agent.asked[0][1]["input-data"], b64(b"hello"))

    def test_too_much_input_is_refused_before_anything_happens(self):
        with open(self.path("huge"), "wb") as file:
            file.truncate(32 * 1024 * 1024 + 1)
        result, agent = self.run_exec({}, "-i", self.path("huge"), "cat")
        message = f"guestctl: '{self.path('huge')}' is larger than 32 MiB\n".encode()
        self.expect(result, 125, b"", message)
        self.assertEqual(agent.asked, [])

    def test_what_was_cut_off_is_told(self):
        status = {"exited": True, "exitcode": 0, "out-data": b64(b"a"), "out-truncated": True}
        result, _ = self.run_exec(status, "x")
        note = b"guestctl: the agent cut off the program's standard output\n"
        self.expect(result, 0, b"a", note)

    def test_it_is_asked_until_it_has_ended(self):
        answers = iter([{"exited": False}] * 5 + [{"exited": True, "exitcode": 4}])
        result, agent = self.run_exec(lambda _: next(answers), "x")
        self.expect(result, 4)
        self.assertEqual(len(agent.asked), 7)

    def test_a_time_limit_is_for_all_of_it(self):
        agent = self.agent(exec={"pid": 7}, exec_status={"exited": False})
        result = self.guestctl("--timeout", "0.6", "exec", "x")
        message = b"guestctl: process 7 in the guest: the program still runs after 0.6 s\n"
        self.expect(result, 125, b"", message)
        self.assertLess(len(agent.asked), 20)

    def test_programs_that_do_not_start(self):
        words = "Guest agent command failed, error was 'Failed to execute child process “x” (%s)'"
        for why, code in (("No such file or directory", 127), ("Permission denied", 126)):
            with self.subTest(why=why):
                agent = self.agent(exec=error(words % why))
                result = self.guestctl("exec", "x")
                self.expect(result, code, b"", f"guestctl: guest-exec: {words % why}\n".encode())
                agent.stop()

    def test_a_refusal_of_the_agent_is_125(self):
        self.agent(exec=error("Command guest-exec has been disabled", "CommandNotFound"))
        self.assertEqual(self.guestctl("exec", "x").code, 125)

    def test_an_interrupt_leaves_the_program_alone(self):
        interrupted = Interrupted(signal.SIGTERM)
        agent = self.agent(exec={"pid": 7}, exec_status=interrupted.strike({"exited": False}))
        code, err = interrupted.run("-s", self.socket, "exec", "x")
        self.assertEqual(code, 128 + signal.SIGTERM)
        self.assertRegex(err, rb"^guestctl: process 7 in the guest: .*interrupted\n$")
        self.assertEqual(set(agent.commands()), {"guest-exec", "guest-exec-status"})

    def test_json_is_the_whole_status(self):
        status = {"exited": True, "exitcode": 2, "out-data": b64(b"a")}
        result, _ = self.run_exec(status, "--json", "x")
        self.assertEqual((result.code, json.loads(result.out)), (2, {"return": status}))


class GuestFile:
    """A file of the guest, for reading and writing."""

    def __init__(self, data=b""):
        self.data, self.position, self.modes, self.closed = bytearray(data), 0, [], 0

    def answers(self):
        return {
            "file_open": self.open,
            "file_read": self.read,
            "file_write": self.write,
            "file_flush": {},
            "file_close": self.close,
        }

    def open(self, arguments):
        self.modes.append(arguments["mode"])
        return 1000

    def read(self, arguments):
        piece = self.data[self.position : self.position + arguments["count"]]
        self.position += len(piece)
        return {"count": len(piece), "buf-b64": b64(piece), "eof": len(piece) < arguments["count"]}

    def write(self, arguments):
        piece = base64.b64decode(arguments["buf-b64"])
        self.data += piece
        return {"count": len(piece), "eof": False}

    def close(self, _):
        self.closed += 1
        return {}


SIZES = (0, 1, 2**20 - 1, 2**20, 2**20 + 1, 5 * 2**20 + 3)


class Transfer(GuestctlTest):
    def test_get_brings_every_byte(self):
        for size in SIZES:
            with self.subTest(size=size):
                file = GuestFile(os.urandom(size))
                agent = self.agent(**file.answers())
                self.expect(self.guestctl("get", "/remote", self.path("copy")), 0)
                self.assertEqual(self.read("copy"), bytes(file.data))
                self.assertEqual((file.modes, file.closed), (["rb"], 1))
                agent.stop()

    def test_put_sends_every_byte(self):
        for size in SIZES:
            with self.subTest(size=size):
                file, data = GuestFile(), os.urandom(size)
                agent = self.agent(**file.answers())
                self.expect(self.guestctl("put", self.write("original", data), "/remote"), 0)
                self.assertEqual(bytes(file.data), data)
                self.assertEqual((file.modes, file.closed), (["wb"], 1))
                self.assertEqual(agent.commands()[-2:], ["guest-file-flush", "guest-file-close"])
                agent.stop()

    def test_a_dash_is_a_standard_stream(self):
        file = GuestFile(b"\0\xff\033" * 5)
        self.agent(**file.answers())
        self.expect(self.guestctl("cat", "/remote"), 0, b"\0\xff\033" * 5)
        file.position = 0
        self.expect(self.guestctl("get", "/remote", "-"), 0, b"\0\xff\033" * 5)
        self.expect(self.guestctl("put", "-", "/remote", stdin=b"more"), 0)
        self.assertTrue(file.data.endswith(b"more"))

    def test_nothing_is_left_of_a_get_that_failed(self):
        for old in (None, b"precious"):
            with self.subTest(old=old):
                if old:
                    self.write("copy", old)
                pieces = iter([{"count": 1, "buf-b64": b64(b"x"), "eof": False}])
                agent = self.agent(
                    file_open=1, file_close={}, file_read=lambda _: next(pieces, error("bad disk"))
                )
                result = self.guestctl("get", "/remote", self.path("copy"))
                self.expect(result, 1, b"", b"guestctl: guest-file-read: bad disk\n")
                self.assertEqual(agent.commands()[-1], "guest-file-close")
                self.assertEqual(os.listdir(self.room).count("copy"), 1 if old else 0)
                self.assertEqual(len(os.listdir(self.room)), 2 if old else 1)
                if old:
                    self.assertEqual(self.read("copy"), old)
                agent.stop()

    def test_a_replaced_file_keeps_its_permissions(self):
        self.write("copy", b"old")
        os.chmod(self.path("copy"), 0o640)
        self.agent(**GuestFile(b"new").answers())
        self.expect(self.guestctl("get", "/remote", self.path("copy")), 0)
        self.assertEqual(self.read("copy"), b"new")
        self.assertEqual(os.stat(self.path("copy")).st_mode & 0o777, 0o640)

    def test_output_that_nobody_takes_is_an_error(self):
        file = GuestFile(b"x" * 2**21)
        self.agent(**file.answers())
        unread, pipe = os.pipe()
        os.close(unread)
        full = b"guestctl: cannot write to standard output: No space left on device\n"
        for output, code, message in (
            (open("/dev/full", "wb"), 1, full),
            (os.fdopen(pipe, "wb"), 128 + signal.SIGPIPE, b""),
        ):
            with self.subTest(code=code), output:
                file.position = file.closed = 0
                command = [GUESTCTL, "-s", self.socket, "cat", "/remote"]
                done = subprocess.run(command, stdout=output, stderr=subprocess.PIPE, timeout=30)
                self.assertEqual((done.returncode, done.stderr), (code, message))
                self.assertEqual(file.closed, 1)

    def refused(self, *arguments, reason):
        message = b"guestctl: " + reason.encode() + b"\n"
        self.expect(self.guestctl(*arguments), 1, b"", message)

    def test_only_files_are_replaced(self):
        agent = self.agent(**GuestFile(b"new").answers())
        os.makedirs(self.path("remote"))
        inner = os.path.join(self.room, "remote")
        self.refused(
            "get", "/dev/null", "/dev",
            reason="cannot write '/dev/null': it is there and not a regular file",
        )
        self.refused("get", "/remote", self.room, reason=f"cannot write '{inner}': it is a directory")
        self.assertEqual(agent.asked, [])

    def test_a_directory_gets_a_file_of_the_same_name(self):
        file = GuestFile(b"new")
        self.agent(**file.answers())
        os.makedirs(self.path("sub"))
        for remote, name in (("/a/one", "one"), ("two", "two"), ("C:\\x\\three", "three"), ("/..four", "..four")):
            for local in (self.path("sub"), self.path("sub/")):
                with self.subTest(remote=remote, local=local):
                    file.position = 0
                    self.expect(self.guestctl("get", remote, local), 0)
                    self.assertEqual(os.listdir(self.path("sub")), [name])
                    self.assertEqual(self.read(f"sub/{name}"), b"new")
                    os.unlink(self.path(f"sub/{name}"))

    def test_a_name_that_leads_elsewhere_is_refused(self):
        agent = self.agent(**GuestFile(b"new").answers())
        for remote in ("..", "/a/..", "a\\..", "/a/.", "/a/", "C:\\", ""):
            with self.subTest(remote=remote):
                why = f"it is a directory, and '{remote}' has no name for a file in it"
                self.refused("get", remote, self.room, reason=f"cannot write '{self.room}': {why}")
        self.assertEqual(agent.asked, [])

    def test_local_errors_give_one_name_and_one_reason(self):
        self.agent()
        none, inner, file = self.path("none: x"), self.path("none/copy"), self.write("file", b"")
        missing = "No such file or directory"
        self.refused("put", none, "/remote", reason=f"cannot read '{none}': {missing}")
        self.refused("put", self.room, "/remote", reason=f"cannot read '{self.room}': Is a directory")
        self.refused("get", "/remote", inner, reason=f"cannot write '{inner}': {missing}")
        self.refused("get", "/x", file + "/", reason=f"cannot write '{file}/': Not a directory")

    def test_a_put_that_fails_closes_the_file(self):
        agent = self.agent(file_open=1, file_write=error("disk full"), file_close={})
        result = self.guestctl("put", self.write("a", b"x" * 2**22), "/remote")
        self.expect(result, 1, b"", b"guestctl: guest-file-write: disk full\n")
        self.assertEqual(agent.commands()[-1], "guest-file-close")
        self.assertNotIn("guest-file-flush", agent.commands())

    def test_errors_at_the_end_count(self):
        for command in ("flush", "close"):
            with self.subTest(command=command):
                answers = GuestFile().answers() | {"file_" + command: error("disk full")}
                agent = self.agent(**answers)
                result = self.guestctl("put", self.write("a", b"x"), "/remote")
                message = f"guestctl: guest-file-{command}: disk full\n"
                self.expect(result, 1, b"", message.encode())
                agent.stop()

    def test_an_interrupted_get_tidies_up(self):
        interrupted = Interrupted(signal.SIGINT)
        read = interrupted.strike({"count": 1, "buf-b64": b64(b"x"), "eof": False})
        agent = self.agent(file_open=1, file_read=read, file_close={})
        code, err = interrupted.run("-s", self.socket, "get", "/remote", self.path("copy"))
        self.assertEqual((code, err), (130, b"guestctl: guest-file-read: interrupted\n"))
        self.assertEqual(agent.commands()[-1], "guest-file-close")
        self.assertEqual(os.listdir(self.room), ["agent.sock"])


if __name__ == "__main__":
    unittest.main()
