/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/*
 * The configuration: one option table (options.c) drives the command line, the key file,
 * --dump-conf and --help.  Later sources win over earlier ones: built-in values, the key file, the
 * command line; lists add up.  docs/configuration.md is the manual.
 */
#define VA_CONFIG_SECONDS_MAX 86400u /* of a time limit */

typedef struct {
    gboolean daemonize;
    gboolean verbose;
    gboolean retry_path;
    char *method;   /* of os_channel_methods() */
    char *path;     /* NULL only if sockets were handed over and the method has no default */
    char *log_file; /* NULL: standard error or the system's log */
    char *pid_file;
    char *state_dir;
    char *fsfreeze_hook;    /* NULL: no hook */
    char *hooks_dir;        /* programs to run around a freeze; need not exist */
    char *freeze_limit;     /* seconds as text; see va_config_freeze_limit() */
    char *hook_limit;       /* likewise; see va_config_hook_limit() */
    GPtrArray *freeze_skip; /* of char *: mount points never to be frozen; NULL: none */
    char *vsock_peer;       /* a CID, or "any"; NULL: the host only.  See va_config_vsock_peer() */
    GPtrArray *block_rpcs;  /* of char *; names that must not run; NULL: none */
    GPtrArray *allow_rpcs;  /* of char *; if not NULL, the only ones that may; never empty */
    char block_separator;   /* ';' if the list was written with one, so that it is dumped so */
    char allow_separator;
    char skip_separator;
    char *file;          /* the key file in use, NULL if none */
    GPtrArray *warnings; /* of char *: to be logged once the log is open; may be empty */

    /* With SERVICE only: what os_service_do() is to be called with. */
    char *service_verb;
    char *service_name;
    GPtrArray *service_arguments; /* of char *, NULL at the end */
} VaConfig;

/* Of several that are asked for, what is further down is done; but the first of the last three. */
typedef enum {
    VA_CONFIG_FAILED, /* *error is set; exit status 1 */
    VA_CONFIG_RUN,
    VA_CONFIG_SERVICE,       /* call os_service_do() and exit */
    VA_CONFIG_DUMP,          /* print va_config_dump() and exit */
    VA_CONFIG_HELP,          /* print va_config_help() and exit */
    VA_CONFIG_VERSION,       /* print va_config_version() and exit */
    VA_CONFIG_LIST_COMMANDS, /* print va_config_commands() and exit */
} VaConfigAction;

/* Reads the command line (any bytes; argv[0] is skipped) and the key file it or $QGA_CONF names, or
 * the system's default one; fills in defaults and checks.  *config is set with RUN, DUMP and
 * SERVICE. Errors are whole sentences for the user, fit to be printed as they are. */
VaConfigAction va_config_load(int argc, char **argv, VaConfig **config, GError **error);

VaConfig *va_config_new(void);
void va_config_free(VaConfig *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VaConfig, va_config_free)

/* Makes relative paths absolute; to be called while the working directory is the caller's. */
void va_config_resolve(VaConfig *config);

/* The CID that may connect over vsock, G_MAXUINT32 for any: OsChannelAddress.vsock_peer. */
guint32 va_config_vsock_peer(const VaConfig *config);

/* Seconds after which a freeze ends by itself, and that a freeze hook may take; 0: no limit. */
guint va_config_freeze_limit(const VaConfig *config);
guint va_config_hook_limit(const VaConfig *config);

/* Texts for standard output, ending in a line feed; free with g_free().  The dump is a key file
 * that reads back to the same configuration. */
char *va_config_dump(const VaConfig *config);
char *va_config_help(void);
char *va_config_version(void);
char *va_config_commands(void);
