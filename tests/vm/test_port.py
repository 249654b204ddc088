# SPDX-License-Identifier: Apache-2.0
"""A virtio port, while hosts come and go in peace."""

import statistics
import time

from claims import PING, PONG, Claims, milliseconds, say
from guest import SECOND_PORT

IDLE_SECONDS = 10
ATTACHES = 8
PAUSE = 0.25          # seconds without a host at least: qemu-ga sleeps in steps of 0.1 by then
FIRST_REPLY_MAX = 50  # milliseconds, median; qemu-ga needs 54 to 97 on an unloaded machine


class Port(Claims):
    def test_idle_means_idle(self):
        with open(self.guest.programs["virtagent"], "rb") as file:
            if b"san_init" in file.read():
                self.skipTest("a sanitizer has threads of its own")
        second = {"path": "/dev/virtio-ports/" + SECOND_PORT, "socket_name": "second"}
        serial = {"method": "isa-serial", "path": "/dev/ttyS1", "socket_name": "serial"}
        with self.agent() as alone, self.agent(**second) as attached, self.agent(**serial) as line:
            line.wait_open("ttyS1")  # what comes before that is lost
            with attached.connect() as host, line.connect() as far_end:
                self.assertEqual(host.ask(PING), PONG)
                self.assertEqual(far_end.ask(PING), PONG)
                watched = {"without a host": alone, "attached": attached, "serial": line}
                for agent in watched.values():
                    agent.wait_idle()
                before = {name: agent.switches() for name, agent in watched.items()}
                time.sleep(IDLE_SECONDS)  # the idle time that is measured
                wakeups = {name: agent.switches() - before[name]
                           for name, agent in watched.items()}
            say(f"wake-ups in {IDLE_SECONDS} s: {wakeups}")
            self.assertEqual(set(wakeups.values()), {0})

    def first_replies(self, program):
        times = []
        with self.agent(program) as agent:
            for number in range(ATTACHES):
                time.sleep(PAUSE + 0.01 * number)  # nobody is attached
                with agent.connect() as host:
                    times.append(milliseconds(host, PING))
        say(f"{program}: first reply after a pause: median {statistics.median(times):.1f} ms, "
            f"all {[round(value, 1) for value in times]}")
        return statistics.median(times)

    def test_the_first_request_after_a_pause_is_answered_at_once(self):
        self.assertLess(self.first_replies("virtagent"), FIRST_REPLY_MAX)
        if self.has_other():
            self.first_replies("other")

    def test_what_was_sent_while_no_agent_ran_is_answered(self):
        with self.guest.connect() as host:
            host.send(PING * 3)
            self.assertTrue(host.silent(0.3))
            with self.agent():
                for _ in range(3):
                    self.assertEqual(host.line(), PONG)
