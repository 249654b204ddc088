# SPDX-License-Identifier: Apache-2.0
"""Hooks around a freeze, in a real guest."""

import time

from claims import call, error
from freeze_claims import COUNT, FREEZE, STATUS, THAW, FreezeClaims

LIMIT = 1  # seconds, for a hook
HANGING_MAX = 8  # seconds, with the time that a hook is given to end
LOG = "/run/hooks.log"
DEFAULT_DIRECTORY = "/etc/virtagent/hooks.d"
# Says what it was told and whether /mnt/xfs was frozen then; does more on demand.
HOOK = f"""#!/bin/sh
echo "${{0##*/}} $1 $(probe /mnt/xfs)" >>{LOG}
%s
"""


class Hooks(FreezeClaims):
    def setUp(self):
        super().setUp()
        self.guest.shell(f"rm -rf {LOG} /etc/hooks; mkdir -p /etc/hooks; touch {LOG}")

    def hook(self, name, then="", directory="/etc/hooks"):
        path = f"{directory}/{name}"
        self.guest.shell(f"mkdir -p {directory}")
        self.guest.write(path, (HOOK % then).encode())
        self.guest.shell(f"chmod 755 {path}")
        return path

    def log(self):
        """What the hooks were told: (name, phase, "writable" or "frozen")."""
        return [tuple(line.split()[:2] + line.split()[3:])
                for line in self.guest.shell("cat " + LOG).strip().splitlines()]

    def with_hooks(self, *args):
        return self.agent(args=["--fsfreeze-hooks-dir=/etc/hooks", *args])

    def test_they_run_before_the_freeze_and_after_the_thaw_in_reverse(self):
        for name in ("10-first", "20-second"):
            self.hook(name)
        with self.with_hooks() as agent, agent.connect() as host:
            self.freeze_all(host)
            self.thaw_all_of(host)
        self.assertEqual(self.log(), [("10-first", "freeze", "writable"),
                                      ("20-second", "freeze", "writable"),
                                      ("20-second", "thaw", "writable"),
                                      ("10-first", "thaw", "writable")])

    def test_they_are_looked_for_in_the_agents_own_directory(self):
        self.addCleanup(self.guest.shell, f"rm -r {DEFAULT_DIRECTORY}")
        self.hook("database", directory=DEFAULT_DIRECTORY)
        with self.agent() as agent, agent.connect() as host:
            self.freeze_all(host)
            self.thaw_all_of(host)
        self.assertEqual([line[:2] for line in self.log()],
                         [("database", "freeze"), ("database", "thaw")])

    def test_one_that_refuses_stops_the_freeze(self):
        self.hook("10-first")
        self.hook("20-refuses", "[ $1 != freeze ] || { echo not now >&2; exit 3; }")
        self.hook("30-never")
        with self.with_hooks() as agent, agent.connect() as host:
            kind, text = error(host, FREEZE)
            self.assertEqual(kind, "GenericError")
            self.assertRegex(text, "^child process has failed to execute fsfreeze hook: "
                                   ".*/etc/hooks/20-refuses.*exit status 3.*not now")
            self.assertEqual(call(host, STATUS), "thawed")
            self.assert_nothing_is_frozen()
            self.assertEqual(call(host, THAW), 0)
        self.assertEqual([line[:2] for line in self.log()],
                         [("10-first", "freeze"), ("20-refuses", "freeze"),
                          ("20-refuses", "abort"), ("10-first", "abort")])

    def test_the_hook_of_the_option_knows_no_abort(self):
        hook = self.hook("old", "[ $1 != freeze ]", "/etc/other")
        with self.agent(args=["-F" + hook]) as agent, agent.connect() as host:
            self.assertRegex(error(host, FREEZE)[1], "exit status 1")
            self.assert_nothing_is_frozen()
        self.assertEqual([line[:2] for line in self.log()], [("old", "freeze"), ("old", "thaw")])

    def test_one_that_hangs_is_ended_and_stops_the_freeze(self):
        self.hook("hangs", "[ $1 != freeze ] || sleep 100000")
        with self.with_hooks(f"--fsfreeze-hook-time-limit={LIMIT}") as agent, \
                agent.connect() as host:
            start = time.monotonic()
            self.assertRegex(error(host, FREEZE)[1], "/etc/hooks/hangs")
            self.assertLess(time.monotonic() - start, HANGING_MAX)
            self.assert_nothing_is_frozen()
            self.guest.wait_until("! pgrep -f 'sleep 10000[0]'")

    def test_one_that_fails_at_the_thaw_does_not_hide_the_count(self):
        self.hook("sour", "[ $1 = freeze ] || { echo too bad; exit 4; }")
        with self.with_hooks() as agent, agent.connect() as host:
            self.freeze_all(host)
            self.thaw_all_of(host)
            self.assertRegex(agent.errors(), "/etc/hooks/sour.*exit status 4")
            self.assertEqual(call(host, STATUS), "thawed")
            hooks = call(host, "virtagent-fsfreeze-report")["hooks"]
            self.assertEqual([(hook["phase"], "problem" in hook) for hook in hooks],
                             [("freeze", False), ("thaw", True)])

    def test_one_that_others_may_change_is_not_run(self):
        self.guest.shell(f"chmod 777 {self.hook('open')}")
        with self.with_hooks() as agent, agent.connect() as host:
            self.assertRegex(error(host, FREEZE)[1], "'/etc/hooks/open'.*writable")
            self.assert_nothing_is_frozen()
        self.assertEqual(self.log(), [])

    def test_they_run_with_thaw_when_the_next_agent_thaws(self):
        self.hook("database")
        with self.with_hooks() as agent:
            with agent.connect() as host:
                self.freeze_all(host)
            agent.kill()
            agent.start()
            with agent.connect() as host:
                self.assertEqual(call(host, THAW), COUNT)
        self.assertEqual(self.log()[1:], [("database", "thaw", "writable")])

    def test_they_run_with_thaw_at_the_time_limit_and_at_a_stop(self):
        self.hook("database")
        with self.with_hooks("--fsfreeze-time-limit=1") as agent, agent.connect() as host:
            self.freeze_all(host)
            self.wait_allowed(host)
            self.freeze_all(host, **{"virtagent-time-limit": 100})
            self.assertEqual(agent.stop(), 0)
        self.assertEqual([line[1] for line in self.log()], ["freeze", "thaw"] * 2)
