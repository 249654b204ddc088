# SPDX-License-Identifier: Apache-2.0
"""The guest put to sleep, and ended in each way: the machine itself says what became of it."""

import contextlib
import re

from claims import PING, PONG, Claims, call, error, request

EVENT_MAX = 30  # seconds
INIT_PROGRAM = """#!/bin/sh
echo "$0 $*" >>/run/ends
exit %d
"""


class Power(Claims):
    def setUp(self):
        # a machine that is switched off stays, stopped, so that it can be started again
        self.guest.qmp("set-action", shutdown="pause", reboot="reset")
        self.guest.clear_events()

    def test_a_guest_sleeps_and_wakes_up(self):
        with self.agent() as agent, agent.connect() as host:
            self.assertEqual(host.ask(PING), PONG)
            host.send(request("guest-suspend-ram"))
            self.guest.wait_event("SUSPEND", EVENT_MAX)
            self.assertEqual(self.guest.qmp("query-status")["status"], "suspended")
            self.guest.qmp("system_wakeup")
            self.guest.wait_event("WAKEUP", EVENT_MAX)
            self.assertEqual(host.ask(PING), PONG)  # and no answer came to the command itself
            self.assertGreater(call(host, "guest-get-time"), 0)

    def test_a_sleep_that_cannot_be_is_refused(self):
        with self.agent() as agent, agent.connect() as host:
            for mode in ("disk", "hybrid"):
                self.assertEqual(error(host, "guest-suspend-" + mode)[1],
                                 "the requested suspend mode is not supported by the guest")

    def test_another_word_is_refused(self):
        with self.agent() as agent, agent.connect() as host:
            for mode in ("", "off", "Reboot", "powerdown "):
                self.assertRegex(error(host, "guest-shutdown", mode=mode)[1],
                                 r"^mode is invalid \(valid values are: halt\|powerdown\|reboot\)")
            self.assertEqual(host.ask(PING), PONG)

    def with_programs(self, status):
        """Puts programs in the place of init's that only tell of it."""
        for name in ("poweroff", "halt", "reboot", "shutdown"):
            self.guest.shell(f"for d in /sbin /bin; do [ ! -e $d/{name} ] || "
                             f"mv $d/{name} $d/{name}.real; done")
            self.addCleanup(self.guest.shell, f"rm -f /sbin/{name}; for d in /sbin /bin; do "
                            f"[ ! -L $d/{name}.real ] || mv $d/{name}.real $d/{name}; done")
            self.guest.write("/sbin/" + name, (INIT_PROGRAM % status).encode())
            self.guest.shell("chmod 755 /sbin/" + name)

    def test_each_mode_runs_its_program_and_its_failure_is_an_error(self):
        self.with_programs(1)
        with self.agent() as agent, agent.connect() as host:
            for mode, name in (("powerdown", "poweroff"), ("halt", "halt"), ("reboot", "reboot")):
                self.guest.shell("rm -f /run/ends")
                self.assertRegex(error(host, "guest-shutdown", mode=mode)[1],
                                 "^child process has failed to shutdown: .*exit status 1")
                self.assertEqual(self.guest.shell("cat /run/ends").split()[0], "/sbin/" + name)
            self.assertEqual(host.ask(PING), PONG)


class Ends(Claims):
    def setUp(self):
        self.guest.qmp("set-action", shutdown="pause", reboot="reset")
        self.guest.clear_events()
        self.addCleanup(self.guest.start_again)

    @contextlib.contextmanager
    def end(self, **arguments):
        agent = self.agent().start()
        with agent.connect() as host:
            self.assertEqual(host.ask(PING), PONG)
            host.send(request("guest-shutdown", **arguments))
            yield host

    def test_powerdown_switches_it_off(self):
        with self.end() as host:
            data = self.guest.wait_event("SHUTDOWN", EVENT_MAX)
            self.assertEqual(data, {"guest": True, "reason": "guest-shutdown"})
            self.assertTrue(host.silent())

    def test_reboot_starts_it_anew(self):
        with self.end(mode="reboot"):
            data = self.guest.wait_event("RESET", EVENT_MAX)
            self.assertEqual(data, {"guest": True, "reason": "guest-reset"})

    def test_halt_leaves_the_power_on(self):
        with self.end(mode="halt"):
            self.guest.wait_console(re.compile(r"reboot: System halted"), EVENT_MAX)
            self.assertEqual(self.guest.qmp("query-status")["status"], "running")
