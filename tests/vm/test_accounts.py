# SPDX-License-Identifier: Apache-2.0
"""Passwords that PAM then accepts, and key files of users who mean no good."""

import base64
import shlex

from claims import Claims, call, error

HOME = "/home/tester"
KEYS = HOME + "/.ssh/authorized_keys"
HASHED = ("$6$gtFDTX6N99axOKdw$KnGAISII4l76QQHh3NzkE0CiewhWa/A2WFVktQoagf5uJ/5J9DBm13tNsMXQfCIx"
          "uOxvOB3zVMdrplEGJ1CDT0")  # of "secret"


def key(seed, comment):
    """A public key as far as anybody can see."""
    blob = b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + bytes([seed]) * 32
    return f"ssh-ed25519 {base64.b64encode(blob).decode()} {comment}"


FIRST, SECOND, THIRD = key(1, "first@host"), key(2, "second"), key(3, "third")


class Accounts(Claims):
    @classmethod
    def setUpClass(cls):
        cls.running = cls.agent(cls).start()
        cls.host = cls.running.connect()

    @classmethod
    def tearDownClass(cls):
        cls.host.close()
        cls.running.stop()


class Passwords(Accounts):
    def set(self, password, user="tester", crypted=False):
        return dict(username=user, crypted=crypted,
                    password=base64.b64encode(password.encode()).decode())

    def is_right(self, password):
        """Whether PAM lets tester in with @password."""
        status, _ = self.guest.run(f"printf '%s\\0' {shlex.quote(password)} | "
                                   "unix_chkpwd tester nonull")
        return status == 0

    def assert_becomes(self, password):
        self.assertFalse(self.is_right(password))
        call(self.host, "guest-set-user-password", **self.set(password))
        self.assertTrue(self.is_right(password))
        self.assertFalse(self.is_right(password + "x"))

    def test_a_password_is_the_users_then(self):
        for password in ("plain", "with: colons: and $signs '\"", "gr\u00fc\u00dfe", "x" * 500):
            self.assert_becomes(password)

    def test_a_hashed_password_is_taken_as_it_is(self):
        call(self.host, "guest-set-user-password", **self.set(HASHED, crypted=True))
        self.assertTrue(self.is_right("secret"))
        self.assertIn(f"tester:{HASHED}:", self.guest.shell("cat /etc/shadow"))

    def test_programs_run_before_do_not_get_in_its_way(self):
        for capture in ("stdout", "stderr", "separated"):
            pid = call(self.host, "guest-exec", path="true", **{"capture-output": capture})["pid"]
            while not call(self.host, "guest-exec-status", pid=pid)["exited"]:
                pass
        self.assert_becomes("after them")

    def test_what_cannot_be_a_password_changes_nothing(self):
        before = self.guest.shell("cat /etc/shadow")
        for password in ("two\nlines", "cut\0here"):
            self.assertEqual(
                error(self.host, "guest-set-user-password", **self.set(password))[1],
                "forbidden characters in raw password")
        for user in ("root:x", "root\nroot", "-e", ""):
            self.assertEqual(
                error(self.host, "guest-set-user-password", **self.set("right", user))[1],
                "forbidden characters in username")
        self.assertRegex(error(self.host, "guest-set-user-password", **self.set("x", "nobody1"))[1],
                         "^child process has failed to set user password: .")
        self.assertEqual(self.guest.shell("cat /etc/shadow"), before)


class KeyFiles(Accounts):
    def setUp(self):
        self.guest.shell(f"rm -rf {HOME}/.ssh /root/target")

    def add(self, *keys, **more):
        return call(self.host, "guest-ssh-add-authorized-keys", username="tester", keys=keys,
                    **more)

    def get(self):
        return call(self.host, "guest-ssh-get-authorized-keys", username="tester")["keys"]

    def test_keys_are_added_and_removed_in_order(self):
        self.add(FIRST, SECOND)
        self.add(SECOND, THIRD)
        self.assertEqual(self.get(), [FIRST, SECOND, THIRD])
        call(self.host, "guest-ssh-remove-authorized-keys", username="tester",
             keys=[SECOND, key(9, "none")])
        self.assertEqual(self.guest.read(KEYS).decode(), f"{FIRST}\n{THIRD}\n")
        self.add(SECOND, reset=True)
        self.assertEqual(self.get(), [SECOND])

    def test_what_is_made_is_the_users_alone(self):
        self.add(FIRST)
        self.assertEqual(self.guest.shell(f"stat -c '%a %u %g' {HOME}/.ssh {KEYS}").splitlines(),
                         ["700 1000 1000", "600 1000 1000"])

    def test_a_link_to_a_file_of_root_is_neither_read_nor_written(self):
        self.guest.shell(f"mkdir {HOME}/.ssh && ln -s /etc/shadow {KEYS} && "
                         f"chown -R 1000:1000 {HOME}/.ssh")
        before = self.guest.shell("cat /etc/shadow; ls -l /etc/shadow")
        for command in ("get", "add", "remove"):
            keys = {} if command == "get" else {"keys": [FIRST]}
            _, text = error(self.host, f"guest-ssh-{command}-authorized-keys", username="tester",
                            **keys)
            self.assertNotIn("root:", text)
        self.assertEqual(self.guest.shell("cat /etc/shadow; ls -l /etc/shadow"), before)

    def test_a_link_to_a_directory_of_root_is_not_followed(self):
        self.guest.shell(f"mkdir -p /root/target && chmod 777 /root /root/target && "
                         f"ln -s /root/target {HOME}/.ssh")
        self.addCleanup(self.guest.shell, "chmod 700 /root")
        error(self.host, "guest-ssh-add-authorized-keys", username="tester", keys=[FIRST])
        self.assertEqual(self.guest.shell("ls -A /root/target"), "")

    def test_a_pipe_is_not_waited_for(self):
        self.guest.shell(f"mkdir {HOME}/.ssh && mkfifo {KEYS} && chown -R 1000:1000 {HOME}/.ssh")
        error(self.host, "guest-ssh-get-authorized-keys", username="tester")
        error(self.host, "guest-ssh-add-authorized-keys", username="tester", keys=[FIRST])

    def test_an_unknown_user_is_an_error(self):
        self.assertEqual(error(self.host, "guest-ssh-get-authorized-keys", username="bob")[1],
                         "failed to lookup user 'bob'")
