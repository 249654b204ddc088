/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-daemon.h"
#include "os-log.h"

/* What the fake process and its logs say and remember.  Strings are borrowed from the test. */
typedef struct {
    OsDefaults defaults; /* no configuration files at first */
    gboolean has_sockets;

    gboolean owns_stderr;
    GString *system_log; /* "LEVEL TEXT\n", LEVEL a number of GLogLevelFlags */

    const char *log_failure; /* not NULL: opening a log file fails, saying this */
    guint log_opens;
    GHashTable *log_files; /* path to GString: what was written */

    GString *calls;          /* "prepare DIR\n", "fork\n", "ready\n", "pid PATH\n", "drop\n" */
    const char *pid_failure; /* not NULL: taking the pid file fails, saying this */
} FakeDaemon;

FakeDaemon *fake_daemon(void);
void fake_daemon_reset(void);

/* Calls what os_daemon_watch() was given. */
void fake_daemon_stop(OsDaemon *daemon, const char *why);
void fake_daemon_reopen(OsDaemon *daemon);
