# SPDX-License-Identifier: Apache-2.0
"""libvirt and the agent understand each other, and find each other again after either was away."""

import signal

from libvirt_claims import Claims
from libvirt_daemon import DOMAIN, VirshError

PING = '{"execute": "guest-ping"}'
END_MAX = 20    # seconds until a program must have ended
TIME_LIMIT = 1  # seconds that libvirt waits for an agent that does not answer


class Channel(Claims):
    def in_step(self):
        """Each request gets its own answer."""
        self.assertEqual(self.agent_command("guest-ping"), {})
        self.assertEqual(self.agent_command("guest-get-host-name"),
                         {"host-name": "guest-under-test"})
        self.assertEqual(self.agent_command("guest-sync", id=4711), 4711)

    def test_a_ping_is_answered(self):
        self.assertEqual(self.agent_command("guest-ping"), {})

    def test_the_agent_tells_what_it_can_do(self):
        info = self.agent_command("guest-info")
        self.assertRegex(info["version"], r"^\d+\.\d+\.\d+$")
        entries = {entry.pop("name"): entry for entry in info["supported_commands"]}
        self.assertEqual(entries["guest-ping"], {"enabled": True, "success-response": True})
        self.assertEqual(entries["guest-shutdown"], {"enabled": True, "success-response": False})

    def test_a_program_is_run(self):
        started = self.agent_command("guest-exec", path="/bin/echo", arg=["hello"],
                                     **{"capture-output": True})
        self.guest.daemon.wait_for(lambda: self.ended(started["pid"]), "it has ended", END_MAX)

    def ended(self, pid):
        status = self.agent_command("guest-exec-status", pid=pid)
        if status["exited"]:
            self.assertEqual((status["exitcode"], status["out-data"]), (0, "aGVsbG8K"))
        return status["exited"]

    def test_errors_are_told_and_cost_nothing(self):
        request = '{"execute": "guest-none"}'
        self.refused("The command guest-none has not been found", "qemu-agent-command", request)
        request = '{"execute": "guest-sync", "arguments": {"id": "one"}}'
        self.refused("Invalid parameter type for 'id'", "qemu-agent-command", request)
        request = '{"execute": "guest-file-close", "arguments": {"handle": 7}}'
        self.refused("handle '7' has not been found", "qemu-agent-command", request)
        self.in_step()

    def test_a_host_that_gave_up_waiting_gets_no_old_answer(self):
        self.virsh("guest-agent-timeout", "--timeout", str(TIME_LIMIT))
        try:
            self.guest.shell(f"kill -STOP {self.guest.agent.pid}")
            for _ in range(2):
                self.refused("not responding|not connected|not available", "qemu-agent-command",
                             PING)
        finally:
            self.guest.shell(f"kill -CONT {self.guest.agent.pid}")
            self.virsh("guest-agent-timeout", "--timeout", "-2")
        self.in_step()

    def test_an_agent_that_dies_amid_a_command_fails_only_that(self):
        self.guest.shell(f"kill -STOP {self.guest.agent.pid}")
        waiting = self.guest.daemon.begin("qemu-agent-command", DOMAIN, PING)
        self.guest.kill_agent()
        with self.assertRaisesRegex(VirshError, "not connected|disappeared|not responding"):
            self.guest.daemon.finish(waiting)
        self.guest.start_agent()
        self.in_step()

    def test_an_agent_that_was_stopped_properly_is_replaced_by_the_next(self):
        self.assertEqual(self.guest.agent.stop(), 0)
        self.guest.wait_agent("disconnected")
        self.refused("not connected", "qemu-agent-command", PING)
        self.guest.start_agent()
        self.in_step()

    def test_a_restarted_libvirtd_finds_the_agent(self):
        self.guest.daemon.restart()
        self.guest.wait_agent("connected")
        self.in_step()

    def test_a_killed_libvirtd_is_replaced_by_the_next(self):
        self.guest.daemon.stop(signal.SIGKILL)
        self.guest.daemon.start()
        self.guest.wait_agent("connected")
        self.in_step()
