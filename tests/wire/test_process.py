#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Claims about the agent as a process: options, failures at start, signals, files it leaves."""

import fcntl
import os
import pty
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
import tty
import unittest

sys.path.insert(0, os.path.dirname(__file__))
import agent as agents  # noqa: E402

AGENT = os.environ["AGENT"]
PING = '{"execute":"guest-ping"}'
PONG = b'{"return": {}}'


def await_true(condition, what):
    deadline = time.monotonic() + agents.START_MAX
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(what)
        time.sleep(0.01)  # polling another process: there is nothing to wait on


class Process(unittest.TestCase):
    def setUp(self):
        self.holder = tempfile.TemporaryDirectory(prefix="va-")
        self.dir = self.holder.name
        self.socket = os.path.join(self.dir, "sock")

    def tearDown(self):
        self.holder.cleanup()

    def run_agent(self, *args, env=None, **more):
        return subprocess.run([AGENT, *args], env={**os.environ, "QGA_CONF": "", **(env or {})},
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=60, text=True,
                              cwd=self.dir, **more)

    def refused(self, words, *args, **more):
        """The agent says in one line why it does not start, naming every word, and exits 1."""
        result = self.run_agent(*args, **more)
        lines = result.stderr.splitlines()
        self.assertEqual((result.returncode, len(lines), result.stdout), (1, 1, ""), result.stderr)
        for word in words:
            self.assertIn(word, lines[0])

    def listening(self, *more):
        return ["-m", "unix-listen", "-p", self.socket, "-t", self.dir, *more]

    def test_bad_options(self):
        self.refused(["--nonsense"], "--nonsense")
        self.refused(["-x"], "-x")
        self.refused(["-p"], "-m", "unix-listen", "-p")
        self.refused(["stray"], *self.listening("stray"))
        self.refused(["carrier-pigeon"], "-m", "carrier-pigeon", "-p", "x", "-t", self.dir)
        self.refused(["path"], "-m", "unix-listen", "-t", self.dir)

    def test_bad_lists(self):
        self.refused(["guest-pingg"], *self.listening("-b", "guest-pingg"))
        self.refused(["block-rpcs"], *self.listening("-b", ""))
        self.refused(["allow-rpcs"], *self.listening("-a", " , "))

    def test_an_unknown_name_in_an_allow_list_is_a_warning(self):
        with agents.Agent(AGENT, ["-a", "guest-ping,nosuch"]) as agent:
            with agent.connect() as client:
                self.assertEqual(client.ask(PING), PONG)
            self.assertIn("nosuch", agent.errors())

    def test_bad_key_files(self):
        path = os.path.join(self.dir, "conf")
        self.refused([path], *self.listening("-c", path))
        for content, words in [("garbage\n", [path]), ("[general]\ndaemon=maybe\n", [path, "daemon"]),
                               ("[general]\nblock-rpcs=guest-pingg\n", ["guest-pingg"])]:
            with open(path, "w", encoding="utf-8") as file:
                file.write(content)
            self.refused(words, *self.listening("-c", path))
            self.refused(words, *self.listening(), env={"QGA_CONF": path})
        self.refused(["/dev/null"], *self.listening("-c", "/dev/null"))
        self.refused([self.dir], *self.listening("-c", self.dir))

    def test_places_that_cannot_be_used(self):
        nowhere = os.path.join(self.dir, "nowhere")
        self.refused([nowhere], "-m", "unix-listen", "-p", self.socket, "-t", nowhere)
        self.assertFalse(os.path.exists(self.socket))
        self.refused(["too long"], "-m", "unix-listen", "-p", "/tmp/" + "x" * 200, "-t", self.dir)
        self.refused([nowhere], "-m", "unix-listen", "-p", nowhere + "/s", "-t", self.dir)
        self.refused([nowhere], "-m", "virtio-serial", "-p", nowhere, "-t", self.dir)
        self.refused(["vsock"], "-m", "vsock-listen", "-p", "nonsense", "-t", self.dir)
        self.refused([nowhere], *self.listening("-l", nowhere + "/log"))

    def test_what_is_no_socket_is_kept(self):
        with open(self.socket, "w", encoding="utf-8") as file:
            file.write("precious")
        self.refused([self.socket], *self.listening())
        with open(self.socket, encoding="utf-8") as file:
            self.assertEqual(file.read(), "precious")

    def test_a_socket_in_use_is_kept_and_a_dead_one_replaced(self):
        with socket.socket(socket.AF_UNIX) as other:
            other.bind(self.socket)
            other.listen()
            self.refused([self.socket, "in use"], *self.listening())
        self.assertTrue(os.path.exists(self.socket))
        process = subprocess.Popen([AGENT, *self.listening()], stdin=subprocess.DEVNULL)
        def answers():
            try:
                with agents.Client(self.socket) as client:
                    return client.ask(PING) == PONG
            except OSError:
                return False
        await_true(answers, "the agent does not listen")
        self.assertEqual(os.stat(self.socket).st_mode & 0o777, 0o660)
        process.terminate()
        self.assertEqual(process.wait(60), 0)
        self.assertFalse(os.path.exists(self.socket), "the socket must go with the agent")

    def test_state_file(self):
        state = os.path.join(self.dir, "qga.state")
        with open(state, "w", encoding="utf-8") as file:
            file.write("not a key file")
        self.refused([state], *self.listening())
        with agents.Agent(AGENT) as agent, agent.connect() as client:
            client.ask('{"execute":"guest-file-open","arguments":{"path":"/etc/passwd"}}')
            self.assertEqual(os.stat(os.path.join(agent.dir, "qga.state")).st_mode & 0o777, 0o600)

    def test_left_frozen_still_says_why_it_cannot_start(self):
        with open(os.path.join(self.dir, "qga.state.isfrozen"), "w", encoding="ascii"):
            pass
        result = self.run_agent("-m", "virtio-serial", "-p", "/nowhere", "-t", self.dir)
        self.assertEqual(result.returncode, 1)
        self.assertIn("frozen", result.stderr)
        self.assertIn("/nowhere", result.stderr)

    def test_texts(self):
        for args in (["-V"], ["--version"]):
            self.assertRegex(self.run_agent(*args).stdout, r"\b11\.\d+\.\d+\b")
        help_text = self.run_agent("--help").stdout
        for option in ("--method", "--path", "--logfile", "--pidfile", "--fsfreeze-hook", "--statedir",
                       "--verbose", "--daemonize", "--block-rpcs", "--allow-rpcs", "--config",
                       "--dump-conf", "--retry-path"):
            self.assertIn(option, help_text)
        names = self.run_agent("-b", "help").stdout.split()
        self.assertEqual(names[0], "guest-sync-delimited")
        self.assertIn("guest-network-get-interfaces", names)

    def test_dump(self):
        config = os.path.join(self.dir, "conf")
        with open(config, "w", encoding="utf-8") as file:
            file.write("[general]\nmethod=virtio-serial\npath=/a/b\nstatedir=/var/state\n"
                       "verbose=true\nblock-rpcs=guest-ping;guest-get-time\n")
        result = subprocess.run([AGENT, "-D"], env={"QGA_CONF": config}, capture_output=True,
                                text=True, check=True)
        self.assertEqual(result.stderr, "")
        self.assertTrue(result.stdout.startswith("[general]\n"))
        for line in ("path=/a/b", "statedir=/var/state", "verbose=true", "daemon=false",
                     "block-rpcs=guest-ping;guest-get-time"):
            self.assertIn(line, result.stdout.splitlines())
        with open(config, "w", encoding="utf-8") as file:
            file.write(result.stdout)
        again = self.run_agent("-D", "-c", config)
        self.assertEqual(again.stdout, result.stdout)

    def test_daemon(self):
        pid_file = os.path.join(self.dir, "pid")
        result = self.run_agent(*self.listening("-d", "-f", "pid", "-l", "log"))
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        with open(pid_file, encoding="ascii") as file:
            pid = int(file.read())
        try:
            self.assertEqual(os.stat(pid_file).st_mode & 0o777, 0o600)
            self.assertEqual(os.getsid(pid), pid)
            self.assertEqual(os.readlink(f"/proc/{pid}/cwd"), "/")
            with agents.Client(self.socket) as client:
                self.assertEqual(client.ask(PING), PONG)
            second = self.run_agent("-m", "unix-listen", "-p", self.socket + "2", "-t", self.dir,
                                    "-d", "-f", "pid")
            self.assertEqual(second.returncode, 1)
            self.assertIn("pid", second.stderr)
            self.assertEqual(len(second.stderr.splitlines()), 1)
        finally:
            os.kill(pid, signal.SIGTERM)
        await_true(lambda: not os.path.exists(pid_file), "the pid file stays")
        await_true(lambda: not os.path.exists(self.socket), "the socket stays")

    def test_a_daemon_that_cannot_start_tells_its_caller(self):
        self.refused(["nowhere"], "-d", "-f", "pid", "-m", "virtio-serial", "-p", "nowhere",
                     "-t", self.dir)
        self.assertFalse(os.path.exists(os.path.join(self.dir, "pid")))

    def test_serial_port_and_retry(self):
        link = os.path.join(self.dir, "port")
        process = subprocess.Popen([AGENT, "-m", "isa-serial", "-p", link, "-t", self.dir, "-r"],
                                   stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            for _ in range(2):  # missing, there, unplugged, there again
                self.assertIsNone(process.poll())
                master, slave = pty.openpty()
                tty.setraw(slave)  # no echo: what comes back is the agent's
                os.symlink(os.ttyname(slave), link + ".new")
                os.rename(link + ".new", link)
                self.assertEqual(self.over_serial(master, slave), PONG)
                os.unlink(link)
                os.close(master)
        finally:
            process.terminate()
            self.assertEqual(process.wait(60), 0)

    def over_serial(self, master, slave):
        """Asks until the agent has opened the port; returns the answer."""
        received = b""
        deadline = time.monotonic() + agents.START_MAX
        while b"\n" not in received and time.monotonic() < deadline:
            os.write(master, b"\xff" + PING.encode() + b"\n")
            if select.select([master], [], [], 0.5)[0]:
                received += os.read(master, 4096)
        os.close(slave)
        return received.split(b"\n")[0]

    def test_handed_over_sockets(self):
        paths = [os.path.join(self.dir, name) for name in ("one", "two")]
        listeners = []
        for path in paths:
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(path)
            listener.listen()
            listeners.append(listener)
        pid = os.fork()
        if pid == 0:
            copies = [fcntl.fcntl(listener, fcntl.F_DUPFD, 100) for listener in listeners]
            for number, copy in enumerate(copies, 3):
                os.dup2(copy, number)
            os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="2", QGA_CONF="")
            os.execv(AGENT, [AGENT, "-t", self.dir])
        for path in paths:
            with agents.Client(path) as client:
                self.assertEqual(client.ask(PING), PONG)
        os.kill(pid, signal.SIGTERM)
        self.assertEqual(os.waitpid(pid, 0)[1], 0)
        for listener, path in zip(listeners, paths):
            listener.close()
            self.assertTrue(os.path.exists(path), "not ours to remove")

    def test_children_outlive_the_agent(self):
        with agents.Agent(AGENT) as agent:
            flag = os.path.join(self.dir, "flag")
            with agent.connect() as client:
                client.ask('{"execute":"guest-exec","arguments":{"path":"sh","arg":["-c",'
                           '"while [ ! -e %s.go ]; do sleep 0.05; done; echo done > %s"]}}'
                           % (flag, flag))
            agent.stop()
            with open(flag + ".go", "w", encoding="ascii"):
                pass
            await_true(lambda: os.path.exists(flag), "the child is gone with the agent")


if __name__ == "__main__":
    unittest.main(verbosity=2)
