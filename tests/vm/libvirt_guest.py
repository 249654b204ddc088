# SPDX-License-Identifier: Apache-2.0
"""A guest that libvirt runs."""

import os
import re
import string
import sys

import initramfs
from disks import Disk, Disks, Part
from guest import BOOT_MAX, COMMAND_LINE, HARDWARE_ADDRESS, PORT, SHELL_PORT, Guest
from guest_agent import GuestAgent
from libvirt_daemon import DATA, DOMAIN, VirshError

FIRST = Disk("FIRSTDISK", "virtio", 0, Part(64, "ext4", "/mnt/first"))
SECOND = Disk("SECONDDISK", "virtio", 0, Part(48, "ext4", "/mnt/second", 1))
HOOK = "/etc/qemu/fsfreeze-hook"
FILES = {"fsfreeze-hook": HOOK, "shutdown": "/sbin/shutdown"}  # put into the guest at each boot
AGENT_MAX = 30  # seconds until libvirt must see that an agent comes or goes


class DomainGuest(Guest):
    """A guest that @daemon runs, and an agent in it."""

    def __init__(self, cache, programs, daemon):
        super().__init__(cache, programs)
        self.daemon = daemon
        self.disks = Disks(self.dir, (FIRST, SECOND))
        self.agent = GuestAgent(self, args=["-F" + HOOK])

    def description(self):
        with open(os.path.join(DATA, "domain.xml"), encoding="utf-8") as file:
            return string.Template(file.read()).substitute(
                kernel=self.kernel.image, directory=self.dir, command_line=COMMAND_LINE,
                qemu=self.qemu, hardware_address=HARDWARE_ADDRESS, port=PORT,
                shell_port=SHELL_PORT)

    def virsh(self, command, *args):
        return self.daemon.virsh(command, DOMAIN, *args)

    def start(self):
        with open(self.path("initramfs"), "wb") as file:
            file.write(initramfs.build(self.kernel, self.programs, self.disks))
        with open(self.path("domain.xml"), "w", encoding="utf-8") as file:
            file.write(self.description())
        try:
            self.boot()
        except RuntimeError as error:  # see Guest.start()
            print(f"booting again: {error}", file=sys.stderr, flush=True)
            self.stop()
            self.boot()
        self.prepare()
        return self

    def boot(self):
        self.daemon.virsh("create", self.path("domain.xml"))
        self.process = self.daemon.process
        self.monitor = self.wait_for("qmp")
        self.monitor.line()
        self.qmp("qmp_capabilities")
        self.debug = self.wait_for("shell")
        self.wait_up()

    def wait_up(self):
        try:
            self.shell("true", BOOT_MAX)
        except (TimeoutError, EOFError) as error:
            raise RuntimeError(f"the guest did not start: {error}\n{self.said()}") from None

    def prepare(self):
        """What is to be done after each boot."""
        self.shell("mount-disks && mkdir -p " + os.path.dirname(HOOK))
        for name, path in FILES.items():
            with open(os.path.join(DATA, name), "rb") as file:
                self.write(path, file.read())
            self.shell("chmod 755 " + path)
        self.start_agent()

    def start_agent(self):
        self.agent.start()
        self.wait_agent("connected")

    def kill_agent(self):
        self.shell(f"kill -9 {self.agent.pid}")
        self.wait_agent("disconnected")

    def agent_state(self):
        return re.search(rf"name=.{re.escape(PORT)}. state=.(\w+)", self.virsh("dumpxml")).group(1)

    def wait_agent(self, state):
        self.daemon.wait_for(lambda: self.agent_state() == state, f"the agent is {state}",
                             AGENT_MAX)

    def stop(self):
        try:
            self.virsh("destroy")
        except VirshError:
            pass  # it has ended already
