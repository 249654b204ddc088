# SPDX-License-Identifier: Apache-2.0
"""How long a freeze lasts: beyond its client and its agent, not beyond its time limit."""

import time

from claims import call, error
from freeze_claims import (COUNT, FREEZE, FREEZE_LIST, LIMIT, STATUS, THAW, FreezeClaims,
                           refusal)

SHORT = 2  # seconds, a time limit
LATE = 2.5  # seconds that the freeze may take, and its end be late, on a busy machine
STOP_MAX = 5  # seconds


class Clients(FreezeClaims):
    def test_it_outlasts_the_client(self):
        with self.agent() as agent:
            with agent.connect() as host:
                self.freeze_all(host)
            with agent.connect() as host:
                self.assertEqual(call(host, STATUS), "frozen")
                self.assert_all_is_frozen()
                self.thaw_all_of(host)
            self.assert_nothing_is_frozen()


class TimeLimit(FreezeClaims):
    def assert_ends_by_itself(self, agent, host, start):
        self.wait_status(host, "thawed")
        taken = time.monotonic() - start
        self.assertGreater(taken, SHORT)
        self.assertLess(taken, SHORT + LATE)
        self.assert_nothing_is_frozen()
        self.assertEqual(call(host, THAW), 0)
        self.assertRegex(agent.errors(), "time limit")

    def test_a_freeze_ends_at_the_configured_limit(self):
        with self.agent(args=[f"--fsfreeze-time-limit={SHORT}"]) as agent, \
                agent.connect() as host:
            start = time.monotonic()
            self.freeze_all(host)
            self.assert_all_is_frozen()
            self.assert_ends_by_itself(agent, host, start)
            self.wait_allowed(host)
            self.freeze_all(host)  # it can be done again
            self.thaw_all_of(host)

    def test_a_freeze_ends_at_its_own_limit(self):
        with self.agent() as agent, agent.connect() as host:
            start = time.monotonic()
            self.freeze_all(host, **{LIMIT: SHORT})
            self.assert_ends_by_itself(agent, host, start)
            self.wait_allowed(host)
            start = time.monotonic()
            self.assertEqual(call(host, FREEZE_LIST, mountpoints=["/mnt/xfs"], **{LIMIT: SHORT}), 1)
            self.assert_ends_by_itself(agent, host, start)

    def test_it_ends_without_a_client(self):
        with self.agent() as agent:
            with agent.connect() as host:
                self.freeze_all(host, **{LIMIT: SHORT})
            self.guest.wait_until("probe /mnt/xfs | grep -q writable")
            self.assert_nothing_is_frozen()

    def test_the_limit_of_an_earlier_freeze_does_not_end_the_next(self):
        with self.agent() as agent, agent.connect() as host:
            self.freeze_all(host, **{LIMIT: 1})
            self.thaw_all_of(host)
            self.freeze_all(host)
            time.sleep(1.5)  # in which the first limit passes
            self.assertEqual(call(host, STATUS), "frozen")
            self.thaw_all_of(host)

    def test_a_limit_that_is_none_is_refused(self):
        with self.agent() as agent, agent.connect() as host:
            for value in (-1, 86401, 1 << 40):
                self.assertEqual(error(host, FREEZE, **{LIMIT: value})[1],
                                 f"value '{value}' is invalid for argument {LIMIT}")
            self.assert_nothing_is_frozen()


class Ends(FreezeClaims):
    def test_a_stop_thaws(self):
        with self.agent() as agent:
            with agent.connect() as host:
                self.freeze_all(host)
            start = time.monotonic()
            self.assertEqual(agent.stop(), 0)
            self.assertLess(time.monotonic() - start, STOP_MAX)
            self.assert_nothing_is_frozen()

    def test_what_a_stop_thawed_is_not_taken_for_frozen_by_the_next_agent(self):
        with self.agent() as agent:
            with agent.connect() as host:
                self.freeze_all(host)
            agent.stop()
            agent.start()
            with agent.connect() as host:
                self.assertEqual(call(host, STATUS), "thawed")
                self.assertEqual(call(host, THAW), 0)

    def killed_and_started(self, agent, then="true"):
        """An agent that was killed while it had frozen all, and runs again."""
        with agent.connect() as host:
            self.freeze_all(host)
        agent.kill()
        self.assert_all_is_frozen()
        self.guest.shell(then)
        agent.start()
        return agent.connect()

    def assert_holds(self, host):
        self.assertEqual(call(host, "guest-ping"), {})
        self.assertEqual(call(host, STATUS), "frozen")
        for command in ("guest-get-time", FREEZE):
            self.assertEqual(error(host, command), refusal(command))
        self.assert_all_is_frozen()

    def test_the_next_agent_thaws_what_a_killed_one_froze(self):
        with self.agent() as agent:
            with self.killed_and_started(agent) as host:
                self.assert_holds(host)
                self.thaw_all_of(host)
                self.assertEqual(call(host, STATUS), "thawed")
                self.assert_nothing_is_frozen()
                self.freeze_all(host)
                self.thaw_all_of(host)

    def test_it_finds_out_even_if_the_state_is_lost(self):
        with self.agent() as agent:
            with self.killed_and_started(agent, f"rm -r {agent.state}/*") as host:
                self.assert_holds(host)
                self.thaw_all_of(host)
                self.assert_nothing_is_frozen()

    def test_the_next_agent_keeps_to_the_limit(self):
        limit = f"--fsfreeze-time-limit={SHORT}"
        for then in ("true", "rm -r {}/*"):
            with self.agent(args=[limit]) as agent:
                with self.killed_and_started(agent, then.format(agent.state)) as host:
                    self.wait_status(host, "thawed")
                    self.assert_nothing_is_frozen()
                    self.assertEqual(call(host, THAW), 0)

    def test_a_stop_of_the_next_agent_thaws_too(self):
        with self.agent() as agent:
            self.killed_and_started(agent).close()
            agent.wait_open("vport")
            self.assertEqual(agent.stop(), 0)
            self.assert_nothing_is_frozen()

    def test_killed_again_and_again_it_is_frozen_still(self):
        with self.agent() as agent:
            self.killed_and_started(agent).close()
            for _ in range(2):
                agent.wait_open("vport")
                agent.kill()
                agent.start()
            with agent.connect() as host:
                self.assert_holds(host)
                self.assertEqual(call(host, THAW), COUNT)
            self.assert_nothing_is_frozen()
