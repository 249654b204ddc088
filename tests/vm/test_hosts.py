# SPDX-License-Identifier: Apache-2.0
"""A virtio port, and hosts that leave in the wrong moment or do not read."""

import json
import time

from claims import PING, PONG, Claims, call, request, say, sync

MIB = 1 << 20
LARGE = 8 * MIB
BUSY_MAX = 10  # clock ticks (of 10 ms) in a second of doing nothing


class Hosts(Claims):
    def settle(self):
        time.sleep(0.2)  # the guest's driver learns of a host that left by an interrupt

    def test_half_a_document_of_a_host_that_left_never_reaches_the_next(self):
        with self.agent() as agent:
            for cut in (1, 9, 20, len(PING) - 2):
                with agent.connect() as host:
                    host.send(PING + PING[:cut])
                    self.assertEqual(host.line(), PONG)
                self.settle()
                with agent.connect() as host:
                    self.assertEqual(host.ask(PING), PONG)

    def test_a_host_that_comes_right_after_the_last_is_served_after_a_sync(self):
        clean = 0
        with self.agent() as agent:
            for number in range(20):
                with agent.connect() as host:
                    host.send(PING[:10])
                with agent.connect() as host:
                    clean += sync(host, number) == b""
                    self.assertEqual(host.ask(PING), PONG)
        say(f"{clean} of 20 hosts that came at once found a clean port")

    def large_read(self, host):
        """Asks for a large reply."""
        self.guest.shell(f"[ -e /tmp/large ] || head -c {LARGE} /dev/urandom >/tmp/large")
        handle = call(host, "guest-file-open", path="/tmp/large")
        host.send(request("guest-file-read", handle=handle, count=LARGE))

    def busy(self, agent):
        before = agent.processor_ticks()
        time.sleep(1)  # the time over which it must do nothing
        return agent.processor_ticks() - before

    def test_a_host_that_leaves_amid_a_large_reply_costs_nothing(self):
        with self.agent() as agent:
            with agent.connect() as host:
                self.large_read(host)
                self.assertTrue(host.socket.recv(4096))
            self.settle()
            self.assertLess(self.busy(agent), BUSY_MAX)
            with agent.connect() as host:
                stale = sync(host, 5)
                say(f"{len(stale)} bytes of the old reply came before the sync's answer")
                self.assertLess(len(stale), MIB)
                self.assertEqual(host.ask(PING), PONG)
                self.assertTrue(host.silent(0.2))

    def test_a_host_that_does_not_read_costs_nothing_and_stop_works(self):
        with self.agent() as agent:
            with agent.connect() as host:
                self.large_read(host)
                self.settle()
                agent.wait_idle()
                self.assertLess(self.busy(agent), BUSY_MAX)
                start = time.monotonic()
                self.assertEqual(agent.stop(), 0)
                self.assertLess(time.monotonic() - start, 5)

    def test_a_host_that_reads_late_gets_everything(self):
        with self.agent() as agent, agent.connect() as host:
            self.large_read(host)
            self.settle()
            host.send(PING)
            self.assertEqual(json.loads(host.line())["return"]["count"], LARGE)
            self.assertEqual(host.line(), PONG)

    def test_requests_without_end_and_no_reader_cost_nothing(self):
        with self.agent() as agent, agent.connect() as host:
            host.socket.setblocking(False)
            sent = 0
            flood = request("guest-info") * 500
            while sent < 64 * MIB:
                try:
                    sent += host.socket.send(flood)
                except BlockingIOError:
                    time.sleep(0.1)
                    if agent.processor_ticks() == (agent.wait_idle(), agent.processor_ticks())[1]:
                        break
            self.assertLess(self.busy(agent), BUSY_MAX)
            self.assertEqual(agent.stop(), 0)
