/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/*
 * The configuration: one option table (config.c) drives the command line, the key file, --dump-conf
 * and --help.  Later sources win over earlier ones: built-in values, the key file, the command
 * line; lists add up.
 */
typedef struct {
    gboolean daemonize;
    gboolean verbose;
    gboolean retry_path;
    char *method;   /* of os_channel_methods() */
    char *path;     /* NULL: the method's default, or sockets handed over */
    char *log_file; /* NULL: standard error or the system's log */
    char *pid_file;
    char *state_dir;
    char *fsfreeze_hook;   /* NULL: no hook */
    char *vsock_peer;      /* a CID, or "any"; NULL: the host only */
    GPtrArray *block_rpcs; /* of char *; names that must not run */
    GPtrArray *allow_rpcs; /* of char *; if not NULL, the only ones that may */
} VaConfig;

void va_config_free(VaConfig *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VaConfig, va_config_free)
