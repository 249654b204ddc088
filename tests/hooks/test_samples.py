#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The samples, against stand-ins for the programs of the databases."""
import os
import signal
import unittest

import hooks


class Template(hooks.Claims):
    hook = "template.sample"

    def test_does_nothing(self):
        for phase in ("freeze", "thaw", "abort"):
            self.succeeds(phase)


class Postgresql(hooks.Claims):
    hook = "postgresql.sample"
    READY = "pg_isready -q -t 5 -p 5432"
    CHECKPOINT = "psql -X -q -w -v ON_ERROR_STOP=1 -p 5432 -d postgres -c CHECKPOINT"

    def setUp(self):
        super().setUp()
        self.stand_in("pg_isready")
        self.stand_in("psql", 'echo "$PGCONNECT_TIMEOUT ${PGHOST-} $PGOPTIONS" >"$ROOM/settings"')
        self.env["POSTGRESQL_OS_USER"] = ""

    def test_checkpoint_before_the_freeze_only(self):
        self.succeeds("freeze")
        self.assertEqual(self.calls(), [self.READY, self.CHECKPOINT])
        with open(self.path("settings"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "5  -c statement_timeout=100s\n")
        self.succeeds("thaw")
        self.succeeds("abort")
        self.assertEqual(self.calls(), [])

    def test_every_server(self):
        self.env.update(POSTGRESQL_PORTS="5432 6000", POSTGRESQL_HOST="/run/pg")
        self.succeeds("freeze")
        other = [line.replace("5432", "6000") for line in (self.READY, self.CHECKPOINT)]
        self.assertEqual(self.calls(), [self.READY, self.CHECKPOINT, *other])
        with open(self.path("settings"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "5 /run/pg -c statement_timeout=100s\n")

    def test_as_another_user(self):
        self.env["POSTGRESQL_OS_USER"] = "postgres"
        self.stand_in("runuser", 'shift 3; "$@"')
        self.succeeds("freeze")
        self.assertEqual(self.calls(), ["runuser -u postgres -- " + self.READY, self.READY,
                                        "runuser -u postgres -- " + self.CHECKPOINT,
                                        self.CHECKPOINT])

    def test_without_runuser(self):
        self.needs_stand_in("su")
        self.env["POSTGRESQL_OS_USER"] = "postgres"
        self.stand_in("su", '[ "$1 $2 $3 $5 $6" = "-s /bin/sh -c -- postgres" ] || exit 9\n'
                            'command=$4; shift 6; sh -c "$command" "$@"')
        self.succeeds("freeze")
        self.assertEqual(self.calls(without="su "), [self.READY, self.CHECKPOINT])
        os.unlink(os.path.join(self.bin, "su"))
        self.fails("freeze", saying="neither runuser nor su is installed")

    def test_no_server_is_fine(self):
        self.needs_stand_in("logger")
        self.stand_in("pg_isready", "exit 2")
        self.succeeds("freeze")
        self.assertEqual(self.calls(without="-"),
                         [self.READY, "logger -t virtagent-postgresql -- "
                          "no server on port 5432: nothing to do"])

    def test_server_that_refuses(self):
        self.stand_in("pg_isready", "exit 1")  # it is starting up
        self.stand_in("psql", "echo 'FATAL: no' >&2; exit 2")
        self.fails("freeze", saying="FATAL: no\npostgresql: no checkpoint on port 5432\n")

    def test_missing_program(self):
        os.unlink(os.path.join(self.bin, "psql"))
        self.fails("freeze", saying="postgresql: psql is not installed")
        self.succeeds("thaw")
        self.succeeds("abort")


# Saves for as many looks as the file `left` says, longer if `never` is there.
REDIS = """
left=$(cat "$ROOM/left" 2>/dev/null || echo 0)
case "$*" in
*PING) echo "${REDIS_SAYS-PONG}" ;;
*BGSAVE)
    if [ "$left" -gt 0 ]; then
        echo "ERR Background save already in progress"
    else
        echo "${BGSAVE_SAYS-Background saving started}"
        echo 2 >"$ROOM/left"
    fi ;;
*"INFO persistence")
    printf '# Persistence\\r\\nrdb_bgsave_in_progress:%s\\r\\n' "$((left > 0))"
    printf 'rdb_last_bgsave_status:%s\\r\\n' "${SAVE_STATUS-ok}"
    printf 'aof_rewrite_in_progress:0\\r\\n'
    [ -e "$ROOM/never" ] || [ "$left" -eq 0 ] || echo $((left - 1)) >"$ROOM/left" ;;
esac
"""


class Redis(hooks.Claims):
    hook = "redis.sample"

    def setUp(self):
        super().setUp()
        self.stand_in("redis-cli", REDIS)
        self.stand_in("sleep")  # takes no time

    def saves(self):
        return sum("BGSAVE" in call for call in self.calls())

    def test_dump_is_waited_for(self):
        self.succeeds("freeze")
        self.assertFalse(os.path.exists(self.path("never")))
        with open(self.path("left"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "0\n")
        self.assertEqual(self.saves(), 1)
        self.succeeds("thaw")
        self.succeeds("abort")
        self.assertEqual(self.calls(), [])

    def test_a_dump_under_way_is_not_enough(self):
        self.write(self.path("left"), "1\n")
        self.succeeds("freeze")
        self.assertEqual(self.saves(), 1)

    def test_arguments(self):
        self.env["REDIS_ARGUMENTS"] = "-s /run/redis.sock"
        self.succeeds("freeze")
        self.assertTrue(all(call.startswith("redis-cli -s /run/redis.sock ")
                            for call in self.calls(without="sleep")))

    def test_dump_that_fails(self):
        self.env["SAVE_STATUS"] = "err"
        self.fails("freeze", saying="redis: the server could not write its dump")

    def test_dump_that_is_refused(self):
        self.env["BGSAVE_SAYS"] = "MISCONF Errors writing"
        self.fails("freeze", saying="redis: no dump: MISCONF Errors writing")

    def test_dump_that_never_ends(self):
        self.env["REDIS_SECONDS"] = "0"
        self.write(self.path("left"), "1\n")
        self.write(self.path("never"), "")
        self.fails("freeze", saying="redis: the dump is not done after 0 s")

    def test_no_server_is_fine(self):
        self.env["REDIS_SAYS"] = "Could not connect to Redis at 127.0.0.1:6379: refused"
        self.succeeds("freeze")
        self.assertEqual(self.saves(), 0)

    def test_server_that_refuses(self):
        self.env["REDIS_SAYS"] = "NOAUTH Authentication required."
        self.fails("freeze", saying="redis: NOAUTH Authentication required.")

    def test_missing_program(self):
        os.unlink(os.path.join(self.bin, "redis-cli"))
        self.fails("freeze", saying="redis: redis-cli is not installed")
        self.succeeds("thaw")


# The server is a file: `locked` exists while a session holds the lock.
MYSQL = """
echo $$ >"$ROOM/pid"
trap 'rm -f "$ROOM/locked"; exit' TERM EXIT
while read -r line; do
    echo "$line" >>"$ROOM/told"
    case "$line" in
    FLUSH*)
        if [ -n "${MYSQL_FAILS-}" ]; then
            echo "ERROR 1205 (HY000): Lock wait timeout exceeded" >&2
            exit 1
        fi
        [ -z "${MYSQL_HANGS-}" ] || sleep 60
        : >"$ROOM/locked" ;;
    SELECT*) echo locked ;;
    esac
done
"""


class Mysql(hooks.Claims):
    hook = "mysql.sample"
    PING = "mysqladmin --connect-timeout=5 --silent ping"
    CLIENT = "mysql --batch --skip-column-names --unbuffered"

    def setUp(self):
        super().setUp()
        self.stand_in("mysqladmin")
        self.stand_in("mysql", MYSQL)
        self.seconds = str(100000 + os.getpid())  # a number to know our processes by
        self.state = self.path("state")
        self.env.update(MYSQL_STATE=self.state, MYSQL_HOLD_SECONDS=self.seconds)

    def tearDown(self):
        self.run_hook("abort")
        self.assertEqual(self.holders(), 0)
        super().tearDown()

    def holders(self):
        found = 0
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as file:
                    found += file.read() == b"sleep\0" + self.seconds.encode() + b"\0"
            except OSError:
                pass  # it has ended
        return found

    def is_locked(self):
        return os.path.exists(self.path("locked"))

    def test_locked_until_the_thaw(self):
        self.succeeds("freeze")
        self.assertTrue(self.is_locked())
        self.assertEqual(self.calls(), [self.PING, self.CLIENT])
        with open(self.path("told"), encoding="utf-8") as file:
            self.assertEqual(file.read(), f"SET SESSION wait_timeout={self.seconds}, "
                             "lock_wait_timeout=30;\nFLUSH TABLES WITH READ LOCK;\n"
                             "SELECT 'locked';\n")
        self.succeeds("thaw")
        self.assertFalse(self.is_locked())
        self.assertFalse(os.path.exists(self.state))
        self.assertEqual(self.holders(), 0)

    def test_unlocked_by_abort(self):
        self.succeeds("freeze")
        self.succeeds("abort")
        self.assertFalse(self.is_locked())
        self.assertFalse(os.path.exists(self.state))

    def test_nothing_to_thaw(self):
        self.succeeds("thaw")
        self.succeeds("abort")
        self.assertEqual(self.calls(), [])

    def test_a_second_freeze_has_one_lock(self):
        self.succeeds("freeze")
        self.succeeds("freeze")
        self.assertTrue(self.is_locked())
        self.assertEqual(self.holders(), 1)
        self.succeeds("thaw")
        self.assertFalse(self.is_locked())

    def test_lock_that_is_not_given(self):
        self.env["MYSQL_FAILS"] = "yes"
        self.fails("freeze", saying="mysql: no lock: ERROR 1205 (HY000): Lock wait timeout")
        self.assertFalse(os.path.exists(self.state))
        self.assertEqual(self.holders(), 0)
        self.succeeds("thaw")

    def test_lock_that_is_lost_is_told(self):
        self.succeeds("freeze")
        with open(self.path("pid"), encoding="utf-8") as file:
            os.kill(int(file.read()), signal.SIGTERM)
        self.await_true(lambda: not self.is_locked())
        self.fails("thaw", saying="mysql: the lock was lost before the thaw")
        self.assertFalse(os.path.exists(self.state))

    def test_lock_ends_by_itself(self):
        self.env["MYSQL_HOLD_SECONDS"] = "1"
        self.succeeds("freeze")
        self.await_true(lambda: not self.is_locked())

    def test_stopped_half_way(self):
        self.env["MYSQL_HANGS"] = "yes"
        self.stop_hook_in("freeze", lambda: self.holders() == 1)
        self.succeeds("abort")
        self.assertFalse(os.path.exists(self.state))

    def test_option_file(self):
        self.env["MYSQL_DEFAULTS"] = "/etc/x.cnf"
        self.succeeds("freeze")
        self.assertEqual(self.calls(), [
            "mysqladmin --defaults-file=/etc/x.cnf --connect-timeout=5 --silent ping",
            "mysql --defaults-file=/etc/x.cnf --batch --skip-column-names --unbuffered"])

    def test_mariadb_by_its_own_name(self):
        for name in ("mysql", "mysqladmin"):
            own = {"mysql": "mariadb", "mysqladmin": "mariadb-admin"}[name]
            os.rename(os.path.join(self.bin, name), os.path.join(self.bin, own))
        self.succeeds("freeze")
        self.assertTrue(self.is_locked())

    def test_no_server_is_fine(self):
        self.stand_in("mysqladmin", "exit 1")
        self.succeeds("freeze")
        self.assertEqual(self.calls(), [self.PING])
        self.succeeds("thaw")

    def test_missing_program(self):
        os.unlink(os.path.join(self.bin, "mysql"))
        self.fails("freeze", saying="mysql: mariadb is not installed")
        self.succeeds("thaw")


globals().update(hooks.for_every_shell(Template, Postgresql, Redis, Mysql))

if __name__ == "__main__":
    unittest.main(verbosity=2)
