#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Dialogues of clients that exist, and what their abrupt ends leave behind; AGENT is the path."""

import base64
import json
import os
import random
import re
import resource
import signal
import socket
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(__file__))
import agent as agents  # noqa: E402

PING = b'{"execute":"guest-ping"}\n'
PONG = b'{"return": {}}'
INPUT_SIZE = 300000  # more than a pipe holds
KEPT_MAX = 16 << 20  # bytes the agent keeps of each output
SOAK_CLIENTS = 8
NOBODY = 65534


def request(command, **arguments):
    text = {"execute": command}
    if arguments:
        text["arguments"] = {name.replace("_", "-"): value for name, value in arguments.items()}
    return json.dumps(text).encode() + b"\n"


class Dialogues(unittest.TestCase):
    def setUp(self):
        self.agent = agents.Agent(os.environ["AGENT"])
        self.agent.start()

    def tearDown(self):
        self.assertIsNone(self.agent.process.poll(), "the agent died: " + self.agent.errors())
        self.agent.__exit__()

    def one(self, command, **arguments):
        """A connection for one command, as scripts have it."""
        with self.agent.connect() as client:
            return json.loads(client.ask(request(command, **arguments)))

    def wait_until(self, claim, message):
        deadline = time.monotonic() + agents.REPLY_MAX
        while not claim():
            self.assertLess(time.monotonic(), deadline, message)
            self.one("guest-ping")

    def finished(self, **arguments):
        """Runs a program and polls for its result over a connection per question."""
        pid = self.one("guest-exec", **arguments)["return"]["pid"]
        status = {"exited": False}
        deadline = time.monotonic() + agents.REPLY_MAX
        while not status["exited"]:
            self.assertLess(time.monotonic(), deadline, "the program does not end")
            status = self.one("guest-exec-status", pid=pid)["return"]
        self.assertEqual(self.one("guest-exec-status", pid=pid)["error"]["desc"],
                         f"PID {pid} does not exist")
        return {name: base64.b64decode(value) if name.endswith("data") else value
                for name, value in status.items()}


class Clients(Dialogues):
    def test_a_one_line_script_needs_no_newline(self):
        for text in (PING, PING.rstrip(), PING.rstrip() + b"\r\n", b"\n\n" + PING):
            with self.agent.connect() as client:
                client.send(text)
                client.socket.shutdown(socket.SHUT_WR)
                self.assertEqual(client.line(), PONG)
                self.assertRaises(EOFError, client.line)

    def proxmox(self, command, **arguments):
        sync = random.randrange(1 << 30)
        with self.agent.connect() as client:
            client.send(b"\xff" + request("guest-sync-delimited", id=sync)
                        + request(command, **arguments))
            text = client.line() + b"\n" + client.line() + b"\n"
        match = re.fullmatch(rb".*\xff([^\n]+}\r?\n[^\n]+})\r?\n", text, re.DOTALL)
        self.assertIsNotNone(match, text)
        first, second = map(json.loads, match[1].split(b"\n"))
        self.assertEqual(first, {"return": sync})
        return second["return"]

    def test_a_sync_and_a_command_in_one_write_give_two_lines(self):
        self.assertEqual(self.proxmox("guest-ping"), {})

    def test_a_file_is_written_with_broken_base64_over_many_connections(self):
        path = os.path.join(self.agent.dir, "made")
        data = random.Random(1).randbytes(61440)
        handle = self.proxmox("guest-file-open", path=path, mode="wb")
        self.assertEqual(self.proxmox("guest-file-write", handle=handle,
                                      buf_b64=base64.encodebytes(data).decode()),
                         {"count": len(data), "eof": False})
        self.assertEqual(self.proxmox("guest-file-close", handle=handle), {})
        with open(path, "rb") as file:
            self.assertEqual(file.read(), data)

    def test_a_plain_sync_before_every_command(self):
        with self.agent.connect() as client:
            for stamp in range(1763713999123, 1763713999128):
                self.assertEqual(client.ask(request("guest-sync", id=stamp)),
                                 b'{"return": %d}' % stamp)
                self.assertIn(b'"kernel-release"', client.ask(request("guest-get-osinfo")))

    def test_the_entries_of_info_have_three_members(self):
        info = self.one("guest-info")["return"]
        self.assertRegex(info["version"], r"^\d{1,3}\.\d{1,3}\.\d{1,3}$")
        self.assertEqual({tuple(sorted(entry)) for entry in info["supported_commands"]},
                         {("enabled", "name", "success-response")})

    def test_noise_before_the_first_request_costs_a_line_at_most(self):
        noises = {b"AT\rAT\r": 1, b"quit\n": 1, b"HELLO\r\n": 1, b"\x7e\x00\x01\x02\x7e\n": 1,
                  b"GET / HTTP/1.1\r\nHost: guest\r\n\r\n": 2, b"\r\n \t\n": 0, b"\xff\xff\n\xff": 0,
                  PING.rstrip() + b"}}\n": 2}
        for noise, lines in noises.items():
            with self.subTest(noise=noise), self.agent.connect() as client:
                client.send(noise + request("guest-sync", id=7))
                for _ in range(lines):
                    self.assertNotEqual(client.line(), b'{"return": 7}')
                self.assertEqual(client.line(), b'{"return": 7}')

    def test_a_request_may_come_byte_by_byte(self):
        with self.agent.connect() as client:
            for byte in request("guest-sync", id=9):
                client.send(bytes([byte]))
            self.assertEqual(client.line(), b'{"return": 9}')


class Programs(Dialogues):
    def test_every_capture_mode_takes_input_and_keeps_its_streams(self):
        data = b"i" * INPUT_SIZE
        script = ["-c", "cat; echo error >&2; exit 7"]
        streams = {None: {}, False: {}, "none": {}, "merged": {"out-data": data + b"error\n"},
                   "stdout": {"out-data": data}, "stderr": {"err-data": b"error\n"},
                   True: {"out-data": data, "err-data": b"error\n"}}
        for mode, expected in streams.items():
            extra = {} if mode is None else {"capture_output": mode}
            with self.subTest(mode=mode):
                got = self.finished(path="sh", arg=script, **extra,
                                    input_data=base64.b64encode(data).decode())
                self.assertEqual((got["exited"], got["exitcode"]), (True, 7))
                self.assertEqual({k: v for k, v in got.items() if k.endswith("data")}, expected)

    def test_input_that_nobody_reads_ends_with_the_program(self):
        data = base64.b64encode(bytes(4 * INPUT_SIZE)).decode()
        for mode in (False, True, "merged"):
            got = self.finished(path="true", capture_output=mode, input_data=data)
            self.assertEqual(got, {"exited": True, "exitcode": 0})

    def test_output_is_kept_up_to_the_limit(self):
        for size, cut in ((KEPT_MAX, False), (KEPT_MAX + 1, True)):
            got = self.finished(path="head", arg=["-c", str(size), "/dev/zero"],
                                capture_output=True)
            self.assertEqual((len(got["out-data"]), got.get("out-truncated", False)),
                             (KEPT_MAX, cut))

    def test_arguments_and_environment_arrive_as_sent(self):
        odd = ["", "a b", "*", "\n", "%s", "-", "\U0001f600"]
        got = self.finished(path="printf", arg=["<%s>"] + odd, capture_output=True)
        self.assertEqual(got["out-data"].decode(), "".join(f"<{word}>" for word in odd))
        got = self.finished(path="env", env=["A=1", "E=\u00e9 x"], capture_output=True)
        self.assertEqual(got["out-data"].decode(), "A=1\nE=\u00e9 x\n")


class Files(Dialogues):
    def test_a_place_beyond_four_gigabytes(self):
        path = os.path.join(self.agent.dir, "sparse")
        far = (5 << 30) + 1
        handle = self.one("guest-file-open", path=path, mode="w+")["return"]
        for whence, offset, position in ((0, far, far), ("set", far - 1, far - 1), (1, 1, far)):
            self.assertEqual(
                self.one("guest-file-seek", handle=handle, offset=offset, whence=whence),
                {"return": {"position": position, "eof": False}})
        self.one("guest-file-write", handle=handle, buf_b64="ZW5k")
        self.one("guest-file-seek", handle=handle, offset=-3, whence="end")
        self.assertEqual(self.one("guest-file-read", handle=handle),
                         {"return": {"count": 3, "buf-b64": "ZW5k", "eof": True}})

    def test_unusual_names(self):
        for name in ("sp ace", "new\nline", "\U0001f600", "-rf", "%s", 'q"uote', "x" * 255):
            path = os.path.join(self.agent.dir, name)
            self.assertIn("return", self.one("guest-file-open", path=path, mode="w"), name)
            self.assertTrue(os.path.exists(path), name)

    def test_a_pipe_gives_what_is_there(self):
        path = os.path.join(self.agent.dir, "pipe")
        os.mkfifo(path)
        handle = self.one("guest-file-open", path=path)["return"]
        with open(path, "wb", buffering=0) as writer:
            writer.write(b"abc")
            self.assertEqual(self.one("guest-file-read", handle=handle, count=100)["return"],
                             {"count": 3, "buf-b64": "YWJj", "eof": False})
            self.assertIn("error", self.one("guest-file-read", handle=handle, count=100))
        self.assertEqual(self.one("guest-file-read", handle=handle, count=100)["return"],
                         {"count": 0, "buf-b64": "", "eof": True})

    def test_a_file_of_the_kernel_is_read_whole(self):
        handle = self.one("guest-file-open", path="/proc/cpuinfo")["return"]
        got = self.one("guest-file-read", handle=handle, count=1 << 20)["return"]
        self.assertGreater(got["count"], 0)
        self.assertTrue(got["eof"])

    @unittest.skipIf(os.geteuid() != 0, "needs root to give up rights")
    def test_missing_rights_are_told(self):
        secret = os.path.join(self.agent.dir, "secret")
        with open(secret, "wb"):
            os.chmod(secret, 0o600)
        wrapper = f"setpriv --reuid={NOBODY} --regid={NOBODY} --clear-groups"
        with agents_as(wrapper) as other, other.connect() as client:
            for mode in "r", "w", "a+":
                self.assertRegex(client.ask(request("guest-file-open", path=secret, mode=mode)),
                                 rb"failed to open file .* \(mode: '.*'\): Permission denied")
            self.assertIn(b"(Permission denied)", client.ask(request("guest-exec", path=secret)))


def agents_as(wrapper):
    """An agent of another user, which may write its own directory."""
    other = agents.Agent(os.environ["AGENT"], wrapper=wrapper)
    os.chmod(other.dir, 0o777)
    return other


class Ends(Dialogues):
    def descriptors(self):
        return len(os.listdir(f"/proc/{self.agent.process.pid}/fd"))

    def children(self):
        pid = self.agent.process.pid
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            return file.read().split()

    def processor_ticks(self):
        with open(f"/proc/{self.agent.process.pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return int(fields[11]) + int(fields[12])

    def talk_for_ever(self, seed):
        choose = random.Random(seed)
        path = os.path.join(self.agent.dir, f"file-{seed % 4}")
        data = base64.b64encode(bytes(50000)).decode()
        while True:
            with self.agent.connect() as client:
                for _ in range(choose.randrange(1, 20)):
                    client.ask(choose.choice((
                        PING, request("guest-info"), request("guest-get-osinfo"), b'{"a":01}\n',
                        request("guest-network-get-interfaces"),
                        request("guest-file-open", path=path, mode="x"),
                        request("guest-exec", path="cat", capture_output=True, input_data=data),
                        request("guest-exec", path="sh", arg=["-c", "kill -9 $$"]))))
                client.send(PING * choose.randrange(100) + PING[:choose.randrange(20)])

    def start_client(self, seed):
        pid = os.fork()
        if pid == 0:
            try:
                self.talk_for_ever(seed)
            finally:
                os._exit(1)
        return pid

    def test_killed_clients_leave_nothing_behind(self):
        before = self.descriptors()
        choose = random.Random(7)
        clients = [self.start_client(seed) for seed in range(SOAK_CLIENTS)]
        end = time.monotonic() + 2  # the time that the clients have
        while time.monotonic() < end:
            self.one("guest-ping")
            at = choose.randrange(SOAK_CLIENTS)
            os.kill(clients[at], signal.SIGKILL)
            _, status = os.waitpid(clients[at], 0)
            self.assertEqual(os.WTERMSIG(status), signal.SIGKILL, "a client failed by itself")
            clients[at] = self.start_client(choose.randrange(1 << 30))
        for pid in clients:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        self.wait_until(lambda: self.descriptors() <= before + 1 and not self.children(),
                        "descriptors or children are left")

    def test_no_descriptors_left_is_survived_without_spinning(self):
        limit = self.descriptors() + 8
        resource.prlimit(self.agent.process.pid, resource.RLIMIT_NOFILE, (limit, limit))
        clients = [self.agent.connect() for _ in range(limit)]
        self.assertEqual(clients[0].ask(PING), PONG)
        for client in clients:
            client.send(PING)
        for command in (request("guest-file-open", path="/etc/passwd"),
                        request("guest-exec", path="true", capture_output=True)):
            clients[0].send(command)
        self.assertEqual(clients[0].line(), PONG)
        self.assertIn(b"Too many open files", clients[0].line())
        self.assertIn(b"Too many open files", clients[0].line())
        before = self.processor_ticks()
        time.sleep(1)  # the time over which it must do next to nothing
        self.assertLessEqual(self.processor_ticks() - before, 10)
        for client in clients[:-1]:
            client.close()
        self.assertEqual(clients[-1].line(), PONG)
        self.assertIn(b"return", clients[-1].ask(request("guest-file-open", path="/etc/passwd")))
        clients[-1].close()


if __name__ == "__main__":
    unittest.main(verbosity=2)
