#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Plays transcripts (*.wire) against an agent and compares every byte of its replies.

    transcript.py AGENT FILE...            play them
    transcript.py --covers JSON FILE...    check that every command of the interface occurs

A transcript is read line by line:

    # ...            a comment
    -> TEXT          send TEXT and a line feed
    >> TEXT          send TEXT without one; \\xNN, \\n, \\\\ are bytes
    <- TEXT          the next reply is exactly TEXT; \\xNN are bytes
    <~ REGEX         the next reply matches REGEX as a whole; (?P<name>...) can be used as ${name}
    ..               nothing more has been sent (a sync of our own is answered next)
    !! poll TEXT     send TEXT until the reply no longer has "exited": false; that one is the next
    !! reconnect     hang up and come again
    !! restart ARGS  end the agent, start it again on the same state with ARGS
    !! env K=V       for the next restart
    !! write F TEXT  make the file F (escapes as above)
    !! read F TEXT   the file F has exactly this content

${dir} is the agent's directory.
"""

import json
import os
import re
import sys
import time

sys.path.insert(0, os.path.dirname(__file__))
import agent as agents  # noqa: E402

# These would end or freeze the very machine that the agent runs on, or turn its clock: they are
# sent only with an argument that must be refused, or that means nothing here.
HARMFUL = re.compile(r"guest-(shutdown|suspend-|set-time|fsfreeze-freeze|fstrim)")
REFUSED = re.compile(r'"unexpected": *1|"mode": *("sleep"|"HALT"|""|7)|"time": *(-1|1\.5|"now")'
                     r'|"virtagent-time-limit": *(-1|86401)|"minimum": *(-1|"1M")'
                     r'|"mountpoints": *([^[ ]|\["/nonexistent[^"]*"\])')

ESCAPE = re.compile(rb"\\(x[0-9a-fA-F]{2}|n|r|t|\\)")


def unescape(text):
    def byte(match):
        code = match.group(1)
        named = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"\\": b"\\"}
        return named[code] if code in named else bytes([int(code[1:], 16)])
    return ESCAPE.sub(byte, text.encode())


class Failure(Exception):
    pass


class Player:
    def __init__(self, program):
        self.agent = agents.Agent(program)
        self.client = None
        self.names = {}
        self.syncs = 7000000

    def expand(self, text):
        known = dict(self.names, dir=self.agent.dir)
        return re.sub(r"\$\{(\w+)\}", lambda match: known[match.group(1)], text)

    def reply(self):
        try:
            return self.client.line()
        except (TimeoutError, EOFError) as error:
            raise Failure(str(error)) from None

    def exact(self, text):
        # In a transcript a reply's own backslashes are plain: only \xNN stands for a byte.
        want = re.sub(rb"\\x([0-9a-fA-F]{2})", lambda m: bytes([int(m.group(1), 16)]),
                      self.expand(text).encode())
        got = self.reply()
        if got != want:
            raise Failure(f"\n  expected {want!r}\n  received {got!r}")

    def matching(self, text):
        pattern = re.sub(r"\$\{(\w+)\}", lambda m: re.escape(self.expand(m.group(0))), text)
        got = self.reply().decode("latin-1")
        match = re.fullmatch(pattern, got)
        if not match:
            raise Failure(f"\n  expected {pattern}\n  received {got}")
        self.names.update(match.groupdict())

    def nothing_more(self):
        self.syncs += 1
        got = self.client.ask(f'{{"execute":"guest-sync","arguments":{{"id":{self.syncs}}}}}')
        if got != b'{"return": %d}' % self.syncs:
            raise Failure(f"unasked-for reply {got!r}")

    def poll(self, request):
        deadline = time.monotonic() + agents.REPLY_MAX
        while b'"exited": false' in (line := self.client.ask(request)):
            if time.monotonic() > deadline:
                raise Failure("still running")
            time.sleep(0.002)  # a client's polling interval
        self.client.buffer[:0] = line + b"\n"

    def control(self, text):
        word, _, rest = text.partition(" ")
        path, _, content = rest.partition(" ")
        path = os.path.join(self.agent.dir, path)
        if word == "poll":
            self.poll(self.expand(rest).encode() + b"\n")
        elif word == "reconnect":
            self.client.close()
            self.client = self.agent.connect()
        elif word == "restart":
            self.client.close()
            self.agent.stop()
            self.agent.args = self.expand(rest).split()
            self.agent.start()
            self.client = self.agent.connect()
        elif word == "env":
            key, _, value = rest.partition("=")
            self.agent.env[key] = self.expand(value)
        elif word == "write":
            with open(path, "wb") as file:
                file.write(unescape(content))
        elif word == "read":
            with open(path, "rb") as file:
                if (got := file.read()) != unescape(content):
                    raise Failure(f"{path} holds {got!r}")
        else:
            raise Failure(f"unknown control '{word}'")

    def line(self, line):
        mark, text = line[:2], line[3:]
        if mark in ("->", ">>") and HARMFUL.search(text) and not REFUSED.search(text):
            raise Failure("not sent: it might be carried out")
        if mark == "->":
            self.client.send(self.expand(text).encode() + b"\n")
        elif mark == ">>":
            self.client.send(unescape(self.expand(text)))
        elif mark == "<-":
            self.exact(text)
        elif mark == "<~":
            self.matching(text)
        elif mark == "..":
            self.nothing_more()
        elif mark == "!!":
            self.control(text)
        elif line.strip() and not line.startswith("#"):
            raise Failure("not a line of a transcript")

    def play(self, name):
        with self.agent as agent:
            self.client = agent.connect()
            with open(name, encoding="utf-8") as file:
                for number, line in enumerate(file, 1):
                    try:
                        self.line(line.rstrip("\n"))
                    except (Failure, OSError) as error:
                        raise Failure(f"{name}:{number}: {line.strip()}: {error}\n"
                                      f"agent's stderr:\n{agent.errors()}") from None
            self.client.close()
            if status := agent.stop():
                raise Failure(f"{name}: the agent exited {status}: {agent.errors()}")


def uncovered(interface, files):
    with open(interface, encoding="utf-8") as file:
        wanted = [command["name"] for command in json.load(file)["commands"]]
    text = "".join(open(name, encoding="utf-8").read() for name in files)
    return [name for name in wanted if f'"execute":"{name}"' not in text]


def main(args):
    if args[0] == "--covers":
        missing = uncovered(args[1], args[2:])
        print("\n".join(f"no transcript has {name}" for name in missing))
        return 1 if missing else 0
    failed = 0
    print(f"1..{len(args) - 1}")
    for number, name in enumerate(args[1:], 1):
        try:
            Player(args[0]).play(name)
            print(f"ok {number} {os.path.basename(name)}")
        except (Failure, RuntimeError) as error:
            failed += 1
            print(f"not ok {number} {os.path.basename(name)}")
            print("\n".join("# " + line for line in str(error).splitlines()), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
