# SPDX-License-Identifier: Apache-2.0
"""Talks to an agent under wine the ways a host does: test_channels.py VIRTAGENT BRIDGE

A serial port is a pseudo terminal; a pipe is reached through the bridge, which is what shows that
the agent and a client of its pipe are two processes.
"""

import json
import os
import random
import select
import subprocess
import sys
import tempfile
import time
import unittest
import uuid

import wine

VIRTAGENT, BRIDGE = sys.argv[1:]
REPLY_MAX = 30  # seconds until a reply must be there
SKIPPED = 77  # what meson takes for a skipped test


class Talk:
    """One host's side of a connection that has what a socket has."""

    def __init__(self, connection):
        self.connection = connection
        self.pending = b""

    def lines(self, count):
        while self.pending.count(b"\n") < count:
            data = self.connection.recv(1 << 16)
            if not data:
                raise EOFError(self.pending)
            self.pending += data
        *lines, self.pending = self.pending.split(b"\n", count)
        return lines

    def ask(self, command, **arguments):
        self.connection.sendall(json.dumps({"execute": command, "arguments": arguments}).encode())
        return json.loads(self.lines(1)[0])

    def sync(self, patience=REPLY_MAX):
        """Whether the agent answers in @patience seconds; earlier answers are dropped."""
        number = random.randrange(1 << 31)
        request = {"execute": "guest-sync", "arguments": {"id": number}}
        self.connection.sendall(b"\xff" + json.dumps(request).encode() + b"\n")
        while b"\n" in self.pending or select.select([self.connection], [], [], patience)[0]:
            if json.loads(self.lines(1)[0]) == {"return": number}:
                return True
        return False


class Channel(unittest.TestCase):
    def setUp(self):
        self.state = tempfile.TemporaryDirectory()
        self.addCleanup(self.state.cleanup)

    def start(self, program, *args, **options):
        process = wine.start(program, *args, **options)

        def end():
            process.kill()
            process.wait()
        self.addCleanup(end)
        return process

    def agent(self, method, path, *args):
        log = open(os.path.join(self.state.name, "log"), "wb")
        self.addCleanup(log.close)
        return self.start(VIRTAGENT, "-m", method, "-p", path, "-t", wine.path(self.state.name),
                          *args, stderr=log, stdout=log)

    def log(self):
        with open(os.path.join(self.state.name, "log"), encoding="utf-8", errors="replace") as log:
            return log.read()


class Serial(Channel):
    def setUp(self):
        super().setUp()
        self.port = wine.Port()
        self.addCleanup(self.port.close)
        self.line = Talk(wine.Line(self.port))

    def wait_for_agent(self):
        """What is sent before the agent has opened the port is for nobody."""
        for _ in range(REPLY_MAX):
            if self.line.sync(1):
                return
        self.fail(self.log())

    def test_answers(self):
        self.agent("isa-serial", self.port.name)
        self.wait_for_agent()
        for _ in range(50):
            self.assertEqual({"return": {}}, self.line.ask("guest-ping"))

    def test_full_name_is_the_same(self):
        self.agent("isa-serial", "\\\\.\\" + self.port.name)
        self.wait_for_agent()

    def test_missing_port_is_named(self):
        agent = self.agent("isa-serial", "COM251")
        self.assertNotEqual(0, agent.wait(REPLY_MAX))
        self.assertIn("failed to open port 'COM251'", self.log())


class Pipe(Channel):
    def setUp(self):
        super().setUp()
        self.name = f"test-{uuid.uuid4()}"
        self.number = wine.free_port()
        self.start_bridge()

    def start_bridge(self):
        bridge = self.start(BRIDGE, "\\\\.\\pipe\\" + self.name, str(self.number),
                            stdout=subprocess.PIPE, stderr=wine.QUIET)
        self.addCleanup(bridge.stdout.close)
        self.assertEqual(b"ready", bridge.stdout.readline().strip())

    def connect(self):
        """The bridge hangs up on us as long as there is no pipe."""
        deadline = time.monotonic() + REPLY_MAX
        while time.monotonic() < deadline:
            sock = wine.connect(self.number)
            sock.settimeout(REPLY_MAX)
            talk = Talk(sock)
            try:
                if talk.sync():
                    self.addCleanup(sock.close)
                    return talk
            except (EOFError, ConnectionError):
                pass
            sock.close()
        self.fail(self.log())

    def test_answers(self):
        self.agent("pipe-listen", self.name)
        talk = self.connect()
        for _ in range(50):
            self.assertEqual({"return": {}}, talk.ask("guest-ping"))

    def test_several_at_once(self):
        self.agent("pipe-listen", self.name)
        talks = [self.connect() for _ in range(8)]
        for talk in talks:
            talk.connection.sendall(b'{"execute":"guest-ping"}\n')
        for talk in reversed(talks):
            self.assertEqual([b'{"return": {}}'], talk.lines(1))

    def test_one_after_the_other(self):
        self.agent("pipe-listen", self.name)
        for _ in range(10):
            self.connect().connection.close()
        self.assertTrue(self.connect().sync())

    def test_large_requests_come_whole(self):
        self.agent("pipe-listen", self.name)
        talk = self.connect()
        for size in (1, 4095, 4096, 4097, 1 << 16, 3 << 20):
            pad = "x" * size
            talk.connection.sendall(
                json.dumps({"execute": "guest-ping", "id": pad}).encode() + b"\n")
            self.assertEqual({"return": {}, "id": pad}, json.loads(talk.lines(1)[0]))

    def test_many_requests_in_one_go(self):
        self.agent("pipe-listen", self.name)
        talk = self.connect()
        count = 2000
        talk.connection.sendall(b'{"execute":"guest-ping"}\n' * count)
        self.assertEqual([b'{"return": {}}'] * count, talk.lines(count))


if __name__ == "__main__":
    if not os.path.isdir(os.path.join(wine.prefix(), "dosdevices")):
        print("there is no initialized wine prefix")
        sys.exit(SKIPPED)
    wine.keep_server()
    unittest.main(argv=sys.argv[:1])
