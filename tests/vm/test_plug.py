# SPDX-License-Identifier: Apache-2.0
"""Ports that are busy, missing, unplugged and plugged in again."""

from claims import PING, PONG, Claims
from guest import PORT, SECOND_PORT

SECOND = {"path": "/dev/virtio-ports/" + SECOND_PORT, "socket_name": "second"}


class Plug(Claims):
    def unplug(self):
        self.guest.qmp("device_del", id="dev-second")
        self.guest.wait_event("DEVICE_DELETED")
        self.guest.wait_until(f"! grep -q {SECOND_PORT} /sys/class/virtio-ports/*/name")
        self.guest.shell("link-ports")

    def plug(self):
        self.guest.qmp("device_add", driver="virtserialport", chardev="second", id="dev-second",
                       name=SECOND_PORT)
        self.guest.wait_until(f"grep -q {SECOND_PORT} /sys/class/virtio-ports/*/name")
        self.guest.shell("link-ports")

    def one_line(self, agent):
        lines = agent.errors().strip().splitlines()
        self.assertEqual(len(lines), 1, lines)
        return lines[0]

    def test_a_busy_port_is_one_clear_line(self):
        with self.agent() as first:
            first.wait_open("vport")
            with self.agent() as second:
                self.assertEqual(second.wait(), 1)
                self.assertRegex(self.one_line(second), f"{PORT}.*busy")
            with first.connect() as host:
                self.assertEqual(host.ask(PING), PONG)

    def test_a_busy_serial_line_is_one_clear_line(self):
        serial = {"method": "isa-serial", "path": "/dev/ttyS1", "socket_name": "serial"}
        with self.agent(**serial) as first:
            first.wait_open("ttyS1")
            with self.agent(**serial) as second:
                self.assertEqual(second.wait(), 1)
                self.assertRegex(self.one_line(second), "ttyS1.*busy")

    def test_a_missing_port_is_one_clear_line(self):
        with self.agent(path="/dev/virtio-ports/none") as agent:
            self.assertEqual(agent.wait(), 1)
            self.assertRegex(self.one_line(agent), "virtio-ports/none.*No such file")

    def test_a_missing_port_is_waited_for(self):
        self.unplug()
        with self.agent(args=["--retry-path"], **SECOND) as agent, agent.connect() as host:
            host.send(PING)
            self.guest.wait_until(f"grep -q trying {agent.error_file()}")
            self.plug()
            self.assertEqual(host.line(), PONG)

    def test_a_port_plugged_in_again_is_used_again(self):
        with self.agent(args=["--retry-path"], **SECOND) as agent, agent.connect() as host:
            self.assertEqual(host.ask(PING), PONG)
            host.send(PING[:9])
            self.unplug()
            self.plug()
            self.assertEqual(host.ask(PING), PONG)
            self.assertRegex(agent.errors(), f"{SECOND_PORT}' is open again")

    def test_an_unplugged_port_ends_the_agent_clearly(self):
        for attached in (True, False):
            with self.agent(**SECOND) as agent:
                agent.wait_open("vport")
                if attached:
                    host = agent.connect()
                    self.assertEqual(host.ask(PING), PONG)
                self.unplug()
                self.assertEqual(agent.wait(), 1)
                self.assertRegex(self.one_line(agent), f"critical: port '.*{SECOND_PORT}' is gone")
                if attached:
                    host.close()
                self.plug()
