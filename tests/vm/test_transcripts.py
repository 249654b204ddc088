# SPDX-License-Identifier: Apache-2.0
"""The transcripts of tests/wire, played through the virtio port."""

import os
import time

import guest
import transcript
from claims import Claims

DIRECTORY = os.path.dirname(transcript.__file__)


class Player(transcript.Player):
    """Plays against an agent in a guest, whose files are the guest's."""

    def __init__(self, agent):
        super().__init__("")
        self.agent = agent

    def control(self, text):
        word, _, rest = text.partition(" ")
        path, _, content = rest.partition(" ")
        path = os.path.join(self.agent.dir, path)
        if word == "write":
            self.agent.guest.write(path, transcript.unescape(content))
        elif word == "read":
            if (got := self.agent.guest.read(path)) != transcript.unescape(content):
                raise transcript.Failure(f"{path} holds {got!r}")
        elif word == "reconnect":
            self.client.close()
            time.sleep(guest.SETTLE)
            self.client = self.agent.connect()
        else:
            super().control(text)


class Transcripts(Claims):
    def play(self, name):
        Player(self.agent()).play(os.path.join(DIRECTORY, name + ".wire"))

    def test_envelope(self):
        self.play("envelope")

    def test_parse(self):
        self.play("parse")

    def test_file(self):
        self.play("file")

    def test_exec(self):
        self.play("exec")

    def test_info(self):
        self.play("info")
