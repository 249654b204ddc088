# SPDX-License-Identifier: Apache-2.0
"""What the claims about libvirt have in common."""

import json
import unittest

from libvirt_daemon import VirshError


class Claims(unittest.TestCase):
    guest = None

    def virsh(self, command, *args):
        return self.guest.virsh(command, *args)

    def refused(self, words, command, *args):
        """virsh fails, and says @words."""
        with self.assertRaisesRegex(VirshError, words):
            self.virsh(command, *args)

    def agent_command(self, name, **arguments):
        """What the agent's command returns."""
        request = json.dumps({"execute": name, "arguments": arguments})
        reply = json.loads(self.virsh("qemu-agent-command", request))
        self.assertEqual(list(reply), ["return"])
        return reply["return"]

    def fields(self, command, *args):
        """What virsh prints as lines "NAME : VALUE"."""
        lines = self.virsh(command, *args).splitlines()
        return {name.strip(): value.strip()
                for name, _, value in (line.partition(":") for line in lines)}

    def table(self, command, *args):
        """What virsh prints as a table, without its head."""
        return [line.split() for line in self.virsh(command, *args).splitlines()[2:]]

    def can(self, command, option):
        """Whether this virsh knows @option."""
        return option in self.guest.daemon.virsh("help", command)
