# SPDX-License-Identifier: Apache-2.0
"""A guest agent that says what a test tells it to, and guestctl to talk to it."""
import base64
import json
import os
import socket
import subprocess
import tempfile
import threading
import unittest

GUESTCTL = os.environ["GUESTCTL"]
CLOSE = object()  # an answer: hang up
SILENCE = object()  # an answer: say nothing


def b64(data):
    return base64.b64encode(data).decode()


def line(reply):
    return json.dumps(reply).encode() + b"\n"


def error(desc, kind="GenericError"):
    return line({"error": {"class": kind, "desc": desc}})


class Agent:
    """Answers connections one after the other.

    `answers` gives, per command, the value to return, or bytes to send as they are, or CLOSE or
    SILENCE, or an iterator of bytes to send piece by piece, or a function of the arguments that
    gives one of these.
    """

    def __init__(self, path, answers):
        self.answers = answers
        self.asked = []  # (command, arguments), syncs excepted
        self.stopped = threading.Event()
        self.path = path
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen(8)
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def stop(self):
        if self.stopped.is_set():
            return
        self.stopped.set()
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(10)
        os.unlink(self.path)

    def serve(self):
        while not self.stopped.is_set():
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            with peer:
                try:
                    self.converse(peer)
                except OSError:
                    pass  # guestctl had enough

    def converse(self, peer):
        with peer.makefile("rb") as requests:
            for request in requests:
                request = json.loads(request.lstrip(b"\xff"))
                answer = self.answer(request["execute"], request.get("arguments", {}))
                if answer is CLOSE:
                    return
                self.send(peer, answer)

    def answer(self, command, arguments):
        if command != "guest-sync-delimited":
            self.asked.append((command, arguments))
        elif command not in self.answers:
            return b"\xff" + line({"return": arguments["id"]})
        if command not in self.answers:
            return error(f"The command {command} has not been found", "CommandNotFound")
        answer = self.answers[command]
        return answer(arguments) if callable(answer) else answer

    def send(self, peer, answer):
        if answer is SILENCE:
            return
        if isinstance(answer, bytes):
            peer.sendall(answer)
        elif hasattr(answer, "__next__"):
            for piece in answer:
                if self.stopped.is_set():
                    return
                peer.sendall(piece)
        else:
            peer.sendall(line({"return": answer}))

    def commands(self):
        return [command for command, _ in self.asked]


class Interrupted:
    """A guestctl that is sent a signal, once, by an answer of its agent."""

    def __init__(self, number):
        self.number, self.process, self.started = number, None, threading.Event()

    def run(self, *arguments):
        self.process = subprocess.Popen([GUESTCTL, *arguments], stderr=subprocess.PIPE)
        self.started.set()
        _, err = self.process.communicate(timeout=30)
        return self.process.returncode, err

    def strike(self, answer):
        def signal_and_answer(_):
            self.started.wait(30)
            if self.number:
                self.process.send_signal(self.number)
                self.number = None
            return answer

        return signal_and_answer


class Result:
    def __init__(self, done):
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr

    def __repr__(self):
        return f"exit {self.code}, out {self.out[:2000]!r}, err {self.err[:2000]!r}"


class GuestctlTest(unittest.TestCase):
    def setUp(self):
        room = tempfile.TemporaryDirectory(prefix="guestctl-")
        self.addCleanup(room.cleanup)
        self.room = room.name
        self.socket = self.path("agent.sock")

    def path(self, name):
        return os.path.join(self.room, name)

    def write(self, name, data):
        with open(self.path(name), "wb") as file:
            file.write(data)
        return self.path(name)

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def agent(self, **answers):
        """Commands are named with underscores and without guest-."""
        answers = {"guest-" + name.replace("_", "-"): answer for name, answer in answers.items()}
        agent = Agent(self.socket, answers)
        self.addCleanup(agent.stop)
        return agent

    def environment(self, **more):
        plain = {k: v for k, v in os.environ.items() if k not in ("GUESTCTL_SOCKET", "NO_COLOR")}
        return plain | {"TERM": "xterm"} | more

    def guestctl(self, *arguments, address=True, stdin=b"", **environment):
        head = [GUESTCTL] + (["-s", self.socket] if address else [])
        return Result(
            subprocess.run(
                head + list(arguments),
                input=stdin,
                capture_output=True,
                timeout=60,
                env=self.environment(**environment),
            )
        )

    def expect(self, result, code, out=b"", err=b""):
        self.assertEqual((result.code, result.out, result.err), (code, out, err))
