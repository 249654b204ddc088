# SPDX-License-Identifier: Apache-2.0
"""A virtio port, and hosts that leave in the wrong moment or do not read."""

import json
import select
import time

from claims import PING, PONG, Claims, call, request, say, sync
from guest import SETTLE

MIB = 1 << 20
LARGE = 8 * MIB
HURRIES = 100  # one in 300 was lost once
OBEYED_MAX = 0.5  # seconds until what a host asked for that left at once is done
HOST_NEWS_MAX = 1.2  # seconds after which bytes without a host have been given up
QUIET_SECONDS = 3  # longer than any timer that could be left over
BUSY_MAX = 10  # clock ticks (of 10 ms) in a second of doing nothing


class Hosts(Claims):
    def test_half_a_document_of_a_host_that_left_never_reaches_the_next(self):
        with self.agent() as agent:
            for cut in (1, 9, 20, len(PING) - 2):
                with agent.connect() as host:
                    host.send(PING + PING[:cut])
                    self.assertEqual(host.line(), PONG)
                time.sleep(SETTLE)
                with agent.connect() as host:
                    self.assertEqual(host.ask(PING), PONG)
                time.sleep(SETTLE)  # a host that comes at once must begin with 0xFF, see below

    def test_a_host_that_comes_right_after_the_last_is_served_after_a_sync(self):
        with self.agent() as agent:
            for number in range(HURRIES):
                with agent.connect() as host:
                    host.send(PING[:10] if number % 2 else b"")
                with agent.connect() as host:
                    self.assertEqual(sync(host, number), b"")
                    self.assertEqual(host.ask(PING), PONG)

    def fire_and_forget(self, agent, begin, number):
        """Sends a request and leaves at once; returns how long the request took."""
        path = f"/tmp/{agent.name}-{number}"
        start = time.monotonic()
        with agent.connect() as host:
            host.send(begin + request("guest-file-open", path=path, mode="w"))
        self.guest.wait_until(f"[ -e {path} ]")
        return time.monotonic() - start

    def test_who_fires_and_forgets_is_obeyed_before_the_next_host_comes(self):
        with self.agent() as agent:
            agent.wait_open("vport")  # QEMU drops what comes before that
            times = []
            for number, begin in enumerate((b"", b"\xff", b"\xff\n") * 4):
                times.append(self.fire_and_forget(agent, begin, number))
                if number % 2:
                    time.sleep(SETTLE)
            say(f"obeyed after {max(times) * 1000:.0f} ms at most")
            self.assertLess(max(times), OBEYED_MAX)
            time.sleep(HOST_NEWS_MAX)
            agent.wait_idle()
            before = agent.switches()
            time.sleep(QUIET_SECONDS)  # the idle time that is measured
            self.assertEqual(agent.switches() - before, 0)
            with agent.connect() as host:
                self.assertEqual(host.ask(PING), PONG)

    def test_an_answer_nobody_waited_for_comes_before_the_next_host_s_sync_or_never(self):
        with self.agent() as agent:
            agent.wait_open("vport")  # QEMU drops what comes before that
            stale = []
            for number, begin in enumerate((b"", b"\xff") * 4):
                self.fire_and_forget(agent, begin, number)
                with agent.connect() as host:
                    stale.append(len(sync(host, number)))
                    self.assertEqual(host.ask(PING), PONG)
                    self.assertTrue(host.silent(0.1))
            say(f"bytes before the sync's answer: {stale}")

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
            time.sleep(SETTLE)
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
                time.sleep(SETTLE)
                agent.wait_idle()
                self.assertLess(self.busy(agent), BUSY_MAX)
                start = time.monotonic()
                self.assertEqual(agent.stop(), 0)
                self.assertLess(time.monotonic() - start, 5)

    def test_a_host_that_reads_late_gets_everything(self):
        with self.agent() as agent, agent.connect() as host:
            self.large_read(host)
            time.sleep(SETTLE)
            host.send(PING)
            self.assertEqual(json.loads(host.line())["return"]["count"], LARGE)
            self.assertEqual(host.line(), PONG)

    def test_requests_without_end_and_no_reader_cost_nothing(self):
        with self.agent() as agent, agent.connect() as host:
            host.socket.setblocking(False)
            sent = 0
            flood = request("guest-info") * 500
            while select.select([], [host.socket], [], 1)[1] and sent < LARGE:
                sent += host.socket.send(flood)
            self.assertLess(sent, LARGE, "the agent goes on reading although nobody reads it")
            self.assertLess(self.busy(agent), BUSY_MAX)
            self.assertEqual(agent.stop(), 0)
