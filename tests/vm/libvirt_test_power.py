# SPDX-License-Identifier: Apache-2.0
"""Sleep, reboot and, at last, shutdown: in this order, which the numbers make."""

from libvirt_claims import Claims
from libvirt_daemon import VirshError

END_MAX = 30  # seconds until a change must have come about


class Power(Claims):
    def wait_state(self, state):
        self.guest.daemon.wait_for(lambda: self.virsh("domstate") == state, f"it is {state}",
                                   END_MAX)

    def wait_answer(self):
        """The port is closed and opened again when the guest wakes, which libvirt notices later."""
        self.guest.daemon.wait_for(lambda: self.agent_command("guest-ping") == {},
                                   "the agent answers", END_MAX)

    def has_ended(self):
        try:
            return self.virsh("domstate") == "shut off"
        except VirshError as error:
            return "failed to get domain" in str(error)

    def test_0_what_the_guest_cannot_do_is_refused(self):
        self.refused("not supported by the guest", "dompmsuspend", "disk")
        self.assertEqual(self.virsh("domstate"), "running")

    def test_1_it_sleeps_and_wakes_up(self):
        self.guest.events.clear()
        self.virsh("dompmsuspend", "mem")
        self.guest.wait_event("SUSPEND")
        self.wait_state("pmsuspended")
        self.virsh("dompmwakeup")
        self.guest.wait_event("WAKEUP")
        self.wait_state("running")
        self.wait_answer()

    def test_2_it_reboots(self):
        boot = self.guest.read("/proc/sys/kernel/random/boot_id")
        self.guest.events.clear()
        self.virsh("reboot", "--mode", "agent")
        self.guest.wait_event("RESET")
        self.guest.wait_up()
        self.assertNotEqual(self.guest.read("/proc/sys/kernel/random/boot_id"), boot)
        self.guest.prepare()
        self.assertEqual(self.agent_command("guest-ping"), {})

    def test_3_it_shuts_down(self):
        self.virsh("shutdown", "--mode", "agent")
        self.guest.daemon.wait_for(self.has_ended, "it has ended", END_MAX)
