# SPDX-License-Identifier: Apache-2.0
"""An isa-serial line and vsock, as a guest's kernel has them."""

import base64
import time
import unittest

from claims import PING, PONG, Claims, call, say, sync

VSOCK_PORT = 4711
CLOSED_MAX = 2  # seconds
LOCAL_CID = 1  # VMADDR_CID_LOCAL, linux/vm_sockets.h


class Serial(Claims):
    def test_a_serial_line_carries_requests(self):
        with self.agent(method="isa-serial", path="/dev/ttyS1", socket_name="serial") as agent:
            agent.wait_open("ttyS1")  # what comes before that is lost
            with agent.connect() as host:
                self.assertEqual(sync(host, 6), b"")
                handle = call(host, "guest-file-open", path="/tmp/bytes", mode="w+")
                every = base64.b64encode(bytes(range(256)) * 16).decode()
                written = call(host, "guest-file-write", handle=handle, **{"buf-b64": every})
                self.assertEqual(written["count"], 4096)
                call(host, "guest-file-seek", handle=handle, offset=0, whence=0)
                self.assertEqual(call(host, "guest-file-read", handle=handle)["buf-b64"], every)
            with agent.connect() as host:
                self.assertEqual(host.ask(PING), PONG)


class Vsock(Claims):
    @classmethod
    def setUpClass(cls):
        status, output = cls.guest.run("load-modules vsock_loopback && [ -e /dev/vsock ]")
        if status:
            raise unittest.SkipTest("the guest's kernel has no vsock: " + output)

    def vsock(self, *args):
        return self.agent(method="vsock-listen", path=f"any:{VSOCK_PORT}", args=args)

    def ping_from_inside(self):
        """What a process in the guest gets that connects over the loopback CID."""
        return self.guest.run(f"guestctl -t 10 -s vsock:{LOCAL_CID}:{VSOCK_PORT} ping")

    def test_a_peer_that_is_let_in_is_answered(self):
        for peer in ("any", str(LOCAL_CID)):
            with self.vsock("--vsock-peer", peer) as agent:
                agent.wait_open("socket")
                status, output = self.ping_from_inside()
                self.assertEqual(status, 0, output)

    def test_nobody_but_the_host_is_let_in_unless_asked_for(self):
        with self.vsock() as agent:
            agent.wait_open("socket")
            start = time.monotonic()
            status, output = self.ping_from_inside()
            self.assertNotEqual(status, 0)
            self.assertLess(time.monotonic() - start, CLOSED_MAX)
            self.assertRegex(agent.errors(), f"refused .* from CID {LOCAL_CID}")
            say(f"a stranger's guestctl: {output.strip()}")
