#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Claims about connections, limits and hostile peers, checked on the real agent: AGENT is its path."""

import base64
import os
import random
import signal
import socket
import struct
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(__file__))
import agent as agents  # noqa: E402

PING = b'{"execute":"guest-ping"}\n'
PONG = b'{"return": {}}'
MIB = 1 << 20


def error(text):
    return b'{"error": {"class": "GenericError", "desc": "%s"}}' % text


def processor_ticks(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


class Connections(unittest.TestCase):
    def setUp(self):
        self.agent = agents.Agent(os.environ["AGENT"])
        self.agent.start()

    def tearDown(self):
        self.assertIsNone(self.agent.process.poll(), "the agent died: " + self.agent.errors())
        self.agent.__exit__()

    def alive(self):
        with self.agent.connect() as client:
            self.assertEqual(client.ask(PING), PONG)

    def test_many_clients_are_served_at_once(self):
        clients = [self.agent.connect() for _ in range(20)]
        for client in clients:
            client.send(PING[:10])
        for client in reversed(clients):
            client.send(PING[10:])
            self.assertEqual(client.line(), PONG)
        for client in clients:
            client.close()

    def test_any_cut_of_a_stream_gives_the_same_replies(self):
        stream = b"".join([
            PING, b'{"execute":"nope","id":{"a":[1.10,"\xc3\xa4"]}}', b'{"a":01}', PING,
            b'\xff{"execute":"guest-sync-delimited","arguments":{"id":4}}', b'junk }{ : "\n',
            b'{"execute":"guest-get-host-name"}\n', b'[[[[]]]]', b"{'execute':'guest-ping'}\r\n", PING])
        seed = random.randrange(1 << 32)
        cuts = random.Random(seed)
        expected = None
        for _ in range(60):
            with self.agent.connect() as client:
                at = 0
                while at < len(stream):
                    size = cuts.choice((1, 2, 3, 7, 40, len(stream)))
                    client.send(stream[at:at + size])
                    at += size
                client.socket.shutdown(socket.SHUT_WR)
                lines = []
                while True:
                    try:
                        lines.append(client.line())
                    except EOFError:
                        break
            expected = expected or lines
            self.assertEqual(lines, expected, f"seed {seed}")
        self.assertGreater(len(expected), 8)

    def test_a_half_closed_client_gets_its_answers(self):
        with self.agent.connect() as client:
            client.send(PING * 3 + b'{"execute":"guest-get-osinfo"}' + PING[:7])
            client.socket.shutdown(socket.SHUT_WR)
            for _ in range(3):
                self.assertEqual(client.line(), PONG)
            self.assertIn(b"kernel-release", client.line())
            self.assertRaises(EOFError, client.line)

    def test_a_client_that_resets_ends_its_connection_only(self):
        for _ in range(20):
            client = self.agent.connect()
            client.send(PING * 100)
            client.line()  # answers are on their way and stay unread: closing now resets
            client.close()
        self.alive()

    def test_a_client_that_sends_and_leaves_is_carried_out(self):
        path = os.path.join(self.agent.dir, "made")
        client = self.agent.connect()
        client.send(b'{"execute":"guest-file-open","arguments":{"path":"%s","mode":"w"}}'
                    % path.encode())
        client.close()
        deadline = time.monotonic() + agents.REPLY_MAX
        while not os.path.exists(path) and time.monotonic() < deadline:
            self.alive()
        self.assertTrue(os.path.exists(path))

    def test_a_client_that_does_not_read_costs_nothing_and_stop_works(self):
        client = self.agent.connect()
        client.socket.setblocking(False)
        request = b'{"execute":"guest-info"}\n' * 1000
        sent = 0
        try:
            while sent < 64 * MIB:
                sent += client.socket.send(request)
        except BlockingIOError:
            pass
        self.assertLess(sent, 64 * MIB, "the agent goes on reading although nobody reads it")
        self.alive()
        before = processor_ticks(self.agent.process.pid)
        time.sleep(1)  # the time over which it must do nothing
        self.assertLessEqual(processor_ticks(self.agent.process.pid) - before, 2)
        self.alive()
        start = time.monotonic()
        self.assertEqual(self.agent.stop(signal.SIGTERM), 0)
        self.assertLess(time.monotonic() - start, agents.START_MAX)
        client.close()
        self.agent.start()

    def test_the_answers_to_a_client_that_reads_late_are_all_there(self):
        with self.agent.connect() as client:
            count = 20000
            client.socket.settimeout(agents.REPLY_MAX)
            pid = os.fork()
            if pid == 0:
                client.socket.sendall(PING * count)
                os._exit(0)
            for _ in range(count):
                self.assertEqual(client.line(), PONG)
            os.waitpid(pid, 0)

    def test_the_largest_transfer_goes_both_ways(self):
        size = 48 * MIB
        path = os.path.join(self.agent.dir, "large")
        data = random.Random(1).randbytes(MIB) * 48
        with self.agent.connect() as client:
            client.ask('{"execute":"guest-file-open","arguments":{"path":"%s","mode":"w+"}}' % path)
            self.assertEqual(
                client.ask(b'{"execute":"guest-file-write","arguments":{"handle":1000,"buf-b64":"'
                           + base64.b64encode(data) + b'"}}'),
                b'{"return": {"count": %d, "eof": false}}' % size)
            client.ask('{"execute":"guest-file-seek","arguments":'
                       '{"handle":1000,"offset":0,"whence":0}}')
            reply = client.ask('{"execute":"guest-file-read","arguments":'
                               '{"handle":1000,"count":%d}}' % size)
        self.assertTrue(reply.endswith(b'", "eof": false}}'))
        start = reply.index(b'"buf-b64": "') + 12
        self.assertEqual(base64.b64decode(reply[start:reply.index(b'"', start)]), data)

    def test_over_long_text_costs_one_error_and_nothing_else(self):
        with self.agent.connect() as client:
            client.send(b'{"execute":"guest-ping","id":"')
            for _ in range(65):
                client.send(b"x" * MIB)
            client.send(b'"}' + PING)
            self.assertEqual(client.line(), error(b"JSON token size limit exceeded"))
            self.assertEqual(client.line(), PONG)

    def test_text_is_limited_in_sum(self):
        with self.agent.connect() as client:
            client.send(b'{"a":"' + b"x" * (40 * MIB) + b'","b":"' + b"y" * (40 * MIB) + b'"}' + PING)
            self.assertEqual(client.line(), error(b"JSON token size limit exceeded"))
            self.assertEqual(client.line(), PONG)

    def test_depth_is_limited(self):
        with self.agent.connect() as client:
            client.send(b"[" * 1024 + b"]" * 1024 + PING)
            self.assertEqual(client.line(), error(b"QMP input must be a JSON object"))
            self.assertEqual(client.line(), PONG)
            client.send(b"[" * 1025 + b"]" * 1025 + PING)
            self.assertEqual(client.line(), error(b"JSON nesting depth limit exceeded"))
            self.assertEqual(client.line(), PONG)

    def test_tokens_are_limited(self):
        with self.agent.connect() as client:
            client.send(b"[" + b"1," * (2 * MIB) + b"1]" + PING)
            self.assertEqual(client.line(), error(b"JSON token count limit exceeded"))
            self.assertEqual(client.line(), PONG)

    def test_a_megabyte_of_garbage_makes_no_storm(self):
        garbage = random.Random(2).randbytes(MIB).replace(b"\n", b" ").replace(b"\xff", b" ")
        with self.agent.connect() as client:
            client.send(garbage + b"\n\xff" + b'{"execute":"guest-sync-delimited","arguments":{"id":1}}')
            lines = [client.line()]
            while not lines[-1].startswith(b"\xff"):
                lines.append(client.line())
        self.assertLessEqual(len(lines), 3)
        self.assertEqual(lines[-1], b'\xff{"return": 1}')

    def test_idle_means_idle(self):
        def switches():
            total = 0
            for task in os.listdir(f"/proc/{self.agent.process.pid}/task"):
                with open(f"/proc/{self.agent.process.pid}/task/{task}/status") as file:
                    total += sum(int(line.split()[1]) for line in file if "ctxt_switches" in line)
            return total
        if os.environ.get("VA_INSTRUMENTED"):
            self.skipTest("a sanitizer has threads of its own")
        with self.agent.connect() as client:
            client.ask('{"execute":"guest-get-osinfo"}')  # makes the session's worker thread
            time.sleep(0.5)  # the answer's aftermath
            before = switches()
            time.sleep(2)  # the idle time that is measured
            self.assertEqual(switches(), before)

    def test_the_linger_reset_is_no_end_either(self):
        for _ in range(5):
            client = self.agent.connect()
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.send(PING * 10 + PING[:5])
            client.close()
        self.alive()


if __name__ == "__main__":
    unittest.main(verbosity=2)
