#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Plays transcripts (*.wire) against an agent and compares every byte of its replies.

    transcript.py AGENT FILE...                 play them; an AGENT.exe is run by wine
    transcript.py --covers JSON FILE...         check that every command of the interface occurs
    transcript.py --differences DOC FILE...     check that DOC tells what is not the same on Windows

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

${dir} is the agent's directory, on Windows also ${backslashes}; PROGRAMS below names what is run.

A transcript is the same on POSIX and on Windows, but for groups like this one:

    ?? NAME          docs/differences.md tells under NAME, in "On Windows", what is not the same
    posix| LINE      a line that is played on POSIX only
    windows| LINE    a line that is played on Windows only
"""

import json
import os
import re
import sys
import time

sys.path.insert(0, os.path.dirname(__file__))
import agent as agents  # noqa: E402

SYSTEMS = ("posix", "windows")

# What guest-exec is given, as members of its arguments.  ${child} is tests/win32/child.c.
PROGRAMS = {
    "posix": {
        "succeed": '"path":"/bin/true"',
        "fail": '"path":"false"',
        "fail_77": '"path":"sh","arg":["-c","exit 77"]',
        "crash": '"path":"sh","arg":["-c","kill -9 $$"]',
        "out_err": '"path":"sh","arg":["-c","echo out; echo err >&2"]',
        "out_err_out": '"path":"sh","arg":["-c","echo out; echo err >&2; echo out"]',
        "copy": '"path":"cat"',
        "copy_to_err": '"path":"sh","arg":["-c","cat >&2"]',
        "environment": '"path":"/usr/bin/env"',
        "leave_one": '"path":"sh","arg":["-c","sleep 20 & echo hi"]',
        "later": '"path":"sh","arg":["-c","echo later"]',
    },
    "windows": {
        "succeed": '"path":"${child}"',
        "fail": '"path":"${child}","arg":["exit","1"]',
        "fail_77": '"path":"${child}","arg":["exit","77"]',
        "crash": '"path":"${child}","arg":["crash"]',
        "out_err": '"path":"${child}","arg":["out","out","err","err"]',
        "out_err_out": '"path":"${child}","arg":["out","out","err","err","out","out"]',
        "copy": '"path":"${child}","arg":["cat"]',
        "copy_to_err": '"path":"cmd.exe","arg":["/c","${child} cat 1>&2"]',
        "environment": '"path":"${child}","arg":["env"]',
        "leave_one": '"path":"${child}","arg":["leave-quietly","5000","out","hi"]',
        "later": '"path":"${child}","arg":["out","later"]',
    },
}

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


def played(lines, system):
    """Those of @lines, with their numbers, that are played on @system."""
    in_group = False
    for number, line in enumerate(lines, 1):
        line = line.rstrip("\n")
        tag, bar, rest = line.partition("| ")
        if bar and tag in SYSTEMS:
            if not in_group:
                raise Failure(f"line {number} is in no group")
            if tag == system:
                yield number, rest
        else:
            in_group = line.startswith("?? ")
            if not in_group:
                yield number, line


class Player:
    def __init__(self, program):
        self.agent = agents.agent_of(program)
        self.shown = self.agent.shown
        self.system = self.agent.system
        self.client = None
        self.names = dict(PROGRAMS[self.system])
        self.syncs = 7000000
        if self.system == "windows":
            child = os.path.join(os.path.dirname(self.agent.program), "tests/win32/child.exe")
            self.names["child"] = self.backslashes(child)
            self.names["backslashes"] = self.backslashes(self.agent.dir)

    def backslashes(self, path):
        """Of Windows, as they stand in JSON."""
        return self.shown(path).replace("/", r"\\")

    def expand(self, text):
        known = dict(self.names, dir=self.shown(self.agent.dir))

        def named(match):
            return self.expand(known[match.group(1)])
        return re.sub(r"\$\{(\w+)\}", named, text)

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
                for number, line in played(file, self.system):
                    try:
                        self.line(line)
                    except (Failure, OSError) as error:
                        raise Failure(f"{name}:{number}: {line.strip()}: {error}\n"
                                      f"agent's stderr:\n{agent.errors()}") from None
            self.client.close()
            if status := agent.stop():
                raise Failure(f"{name}: the agent exited {status}: {agent.errors()}")


def read(name):
    with open(name, encoding="utf-8") as file:
        return file.read()


def uncovered(interface, files):
    """(SYSTEM, COMMAND) for each command that is not asked for there, if only to be refused."""
    wanted = [command["name"] for command in json.loads(read(interface))["commands"]]
    for system in SYSTEMS:
        text = "\n".join(line for name in files
                         for _, line in played(read(name).split("\n"), system))
        for name in wanted:
            if f'"execute":"{name}"' not in text:
                yield system, name


def differences(document, files):
    """What is wrong with the table of names in @document, under "On Windows"."""
    section = read(document).partition("\n## On Windows\n")[2].partition("\n## ")[0]
    used = set(re.findall(r"^\?\? (.+)$", "\n".join(map(read, files)), re.MULTILINE))
    told = re.findall(r"^\| `([a-z0-9-]+)` \|", section, re.MULTILINE)
    yield from (f"{document} does not tell of '{name}'" for name in sorted(used - set(told)))
    yield from (f"no transcript has '{name}'" for name in sorted(set(told) - used))
    yield from (f"{document} has '{name}' twice" for name in set(told) if told.count(name) > 1)


def main(args):
    if args[0] in ("--covers", "--differences"):
        if args[0] == "--covers":
            wrong = [f"no transcript has {name} on {system}"
                     for system, name in uncovered(args[1], args[2:])]
        else:
            wrong = list(differences(args[1], args[2:]))
        print("\n".join(wrong))
        return 1 if wrong else 0
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
