# SPDX-License-Identifier: Apache-2.0
"""What the claims have in common: the guest they share, and a few requests."""

import json
import sys
import time
import unittest

from guest_agent import GuestAgent

PING = b'{"execute":"guest-ping"}\n'
PONG = b'{"return": {}}'


def say(text):
    print("# " + text, file=sys.stderr, flush=True)


def request(command, **arguments):
    return json.dumps({"execute": command, "arguments": arguments}).encode() + b"\n"


def call(client, command, **arguments):
    """What @command returns; anything else is an error."""
    reply = json.loads(client.ask(request(command, **arguments)))
    if "return" not in reply:
        raise AssertionError(f"{command}: {reply}")
    return reply["return"]


def error(client, command, **arguments):
    """The error that @command gives: class and text."""
    reply = json.loads(client.ask(request(command, **arguments)))
    if "error" not in reply:
        raise AssertionError(f"{command}: {reply}")
    return reply["error"]["class"], reply["error"]["desc"]


def sync(client, number):
    """A delimited sync; returns what came before its answer."""
    client.send(b"\xff" + request("guest-sync-delimited", id=number))
    dropped = b""
    while True:
        line = client.line()
        before, mark, reply = line.rpartition(b"\xff")
        if mark and reply == b'{"return": %d}' % number:
            return dropped + before
        dropped += line + b"\n"


def milliseconds(client, data):
    start = time.monotonic()
    client.ask(data)
    return (time.monotonic() - start) * 1000


class Claims(unittest.TestCase):
    guest = None

    def agent(self, *args, **options):
        return GuestAgent(self.guest, *args, **options)

    def has_other(self):
        return "other" in self.guest.programs
