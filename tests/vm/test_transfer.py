# SPDX-License-Identifier: Apache-2.0
"""Large contents through a virtio port."""

import base64
import hashlib
import json
import random
import time

from claims import Claims, call, request, say

SIZE = 8 << 20


class Transfer(Claims):
    def timed(self, words, function):
        start = time.monotonic()
        reply = function()
        say(f"{words}: {SIZE / (time.monotonic() - start) / 1e6:.1f} MB/s")
        return reply

    def there_and_back(self, program):
        data = random.Random(3).randbytes(SIZE)
        with self.agent(program) as agent, agent.connect() as host:
            path = agent.dir + "/large"
            handle = call(host, "guest-file-open", path=path, mode="w+")
            write = request("guest-file-write", handle=handle,
                            **{"buf-b64": base64.b64encode(data).decode()})
            reply = self.timed(f"{program} writes", lambda: host.ask(write))
            self.assertEqual(json.loads(reply)["return"]["count"], SIZE)
            call(host, "guest-file-flush", handle=handle)
            self.assertEqual(self.guest.shell(f"sha256sum {path}").split()[0],
                             hashlib.sha256(data).hexdigest())
            call(host, "guest-file-seek", handle=handle, offset=0, whence=0)
            read = request("guest-file-read", handle=handle, count=SIZE)
            reply = self.timed(f"{program} reads", lambda: host.ask(read))
            self.assertEqual(base64.b64decode(json.loads(reply)["return"]["buf-b64"]), data)
        self.guest.shell(f"rm -r {agent.dir}")

    def test_a_large_file_goes_both_ways(self):
        self.there_and_back("virtagent")

    def test_the_other_agent_for_comparison(self):
        if not self.has_other():
            self.skipTest("there is no other agent")
        self.there_and_back("other")
