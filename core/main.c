/* SPDX-License-Identifier: Apache-2.0 */

/* The program: what has to happen in which order, from the command line to the last file closed. */

#include "log.h"
#include "os-arguments.h"
#include "os-daemon.h"
#include "os-log.h"
#include "os-service.h"
#include "server.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct {
    const VaConfig *config;
    OsDaemon *daemon;
    VaLog *log;
    VaAgent *agent;
    VaServer *server;
} Program;

static void stop(const char *why, gpointer data)
{
    Program *program = data;
    g_info("%s: going", why);
    va_server_stop(program->server);
}

static void reopen_log(gpointer data)
{
    Program *program = data;
    g_autoptr(GError) error = NULL;
    if (!va_log_reopen(program->log, &error))
        g_warning("%s", error->message);
}

static gboolean open_log(Program *program, GError **error)
{
    const char *path = program->config->log_file;
    return !path || va_log_to_file(program->log, path, error);
}

/* While filesystems are frozen nothing may be written, and no log file be opened, until the thaw;
 * but what keeps us from starting at all is still said on standard error. */
static gboolean open_channels(Program *program, GError **error)
{
    VaFreeze *freeze = va_agent_freeze(program->agent);
    gboolean frozen = va_freeze_is_frozen(freeze);

    if (!frozen && !open_log(program, error))
        return FALSE;
    program->server = va_server_new(program->config, program->agent);
    if (!va_server_listen(program->server, error) || !va_freeze_resume(freeze, error))
        return FALSE;
    return !frozen || open_log(program, error);
}

/* All that can fail before the first host comes in.  The parent of a daemon waits for the end of it
 * and so does the caller's eye: an error here is one line on standard error. */
static gboolean start(Program *program, GError **error)
{
    const VaConfig *config = program->config;

    if (config->daemonize && !os_daemon_fork(program->daemon, error))
        return FALSE;
    if (!os_daemon_prepare(program->daemon, config->state_dir, error))
        return FALSE;
    if (!(program->agent = va_agent_new(config, error)))
        return FALSE;
    va_freeze_set_log(va_agent_freeze(program->agent), program->log);
    va_freeze_recover(va_agent_freeze(program->agent));
    if (config->daemonize && !os_daemon_pid_take(program->daemon, config->pid_file, error))
        return FALSE;
    if (!open_channels(program, error))
        return FALSE;
    os_daemon_watch(program->daemon, stop, reopen_log, program);
    if (config->daemonize)
        va_log_to_system(program->log);
    os_daemon_ready(program->daemon);
    return TRUE;
}

static void warn_of_configuration(const VaConfig *config)
{
    for (guint i = 0; i < config->warnings->len; i++)
        g_warning("%s", (const char *)config->warnings->pdata[i]);
}

static int run(VaConfig *config, OsDaemon *daemon)
{
    g_autoptr(GError) error = NULL;
    Program program = {.config = config, .daemon = daemon, .log = va_log_new()};

    va_log_install(program.log);
    va_log_set_verbose(program.log, config->verbose);
    va_config_resolve(config);
    warn_of_configuration(config);
    gboolean done = start(&program, &error) && va_server_run(program.server, &error);
    va_server_free(program.server);
    va_agent_free(program.agent);
    if (!done)
        g_critical("%s", error->message);
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int print(char *text)
{
    gboolean written = fputs(text, stdout) != EOF && fflush(stdout) == 0;
    g_free(text);
    return written ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* Sets us up as a service.  What went wrong without spoiling it is told as warnings. */
static int set_up_service(const VaConfig *config)
{
    g_autoptr(GError) error = NULL;
    const char *const *arguments = (const char *const *)config->service_arguments->pdata;

    va_log_install(va_log_new());
    if (!os_service_do(config->service_verb, config->service_name, arguments, &error)) {
        fprintf(stderr, "virtagent: %s\n", error->message);
        return EXIT_FAILURE;
    }
    if (g_str_equal(config->service_verb, OS_SERVICE_UNINSTALL))
        va_state_remove(config->state_dir);
    return EXIT_SUCCESS;
}

/* A service that cannot understand its command line has no standard error to say so. */
static int refuse(const GError *error)
{
    g_autofree char *line = va_log_clean(error->message);

    if (os_log_owns_stderr())
        os_log_write(G_LOG_LEVEL_CRITICAL, line);
    else
        fprintf(stderr, "virtagent: %s\n", error->message);
    return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    g_autoptr(OsDaemon) daemon = os_daemon_new();
    g_autoptr(VaConfig) config = NULL;
    g_autoptr(GError) error = NULL;

    argv = os_arguments(&argc, argv);
    switch (va_config_load(argc, argv, &config, &error)) {
    case VA_CONFIG_RUN:
        return run(config, daemon);
    case VA_CONFIG_SERVICE:
        return set_up_service(config);
    case VA_CONFIG_DUMP:
        return print(va_config_dump(config));
    case VA_CONFIG_HELP:
        return print(va_config_help());
    case VA_CONFIG_VERSION:
        return print(va_config_version());
    case VA_CONFIG_LIST_COMMANDS:
        return print(va_config_commands());
    case VA_CONFIG_FAILED:
        break;
    }
    return refuse(error);
}
