/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "arguments.h"
#include "command.h"
#include "error.h"
#include "key-file.h"
#include "log.h"
#include "options.h"
#include "os-channel.h"
#include "os-daemon.h"
#include "os-service.h"

#include <string.h>

/* Built-in limits, in seconds: no backup needs a guest to stand still for longer than it takes to
 * make a snapshot, and a database writes out its memory within minutes. */
#define FREEZE_LIMIT 600u
#define HOOK_LIMIT   120u

VaConfig *va_config_new(void)
{
    VaConfig *config = g_new0(VaConfig, 1);
    config->block_separator = ',';
    config->allow_separator = ',';
    config->skip_separator = ',';
    config->warnings = g_ptr_array_new_with_free_func(g_free);
    return config;
}

void va_config_free(VaConfig *config)
{
    if (!config)
        return;
    g_free(config->method);
    g_free(config->path);
    g_free(config->log_file);
    g_free(config->pid_file);
    g_free(config->state_dir);
    g_free(config->fsfreeze_hook);
    g_free(config->hooks_dir);
    g_free(config->freeze_limit);
    g_free(config->hook_limit);
    g_free(config->vsock_peer);
    g_free(config->file);
    g_free(config->service_verb);
    g_free(config->service_name);
    g_clear_pointer(&config->block_rpcs, g_ptr_array_unref);
    g_clear_pointer(&config->allow_rpcs, g_ptr_array_unref);
    g_clear_pointer(&config->freeze_skip, g_ptr_array_unref);
    g_clear_pointer(&config->service_arguments, g_ptr_array_unref);
    g_ptr_array_unref(config->warnings);
    g_free(config);
}

/* @in_file: those that a key file may hold too, or the others. */
static gboolean apply(VaConfig *config, const GArray *arguments, gboolean in_file, GError **error)
{
    for (guint i = 0; i < arguments->len; i++) {
        const VaArgument *argument = &g_array_index(arguments, VaArgument, i);
        if ((argument->option->key != NULL) == in_file &&
            !va_option_set(argument->option, config, argument->value, error)) {
            g_prefix_error(error, "command line: ");
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean load_from_environment(VaConfig *config, const char *path, GError **error)
{
    if (!*path)
        return TRUE;
    if (!va_key_file_load(config, path, FALSE, error))
        return FALSE;
    if (!config->file) {
        g_autofree char *quoted = va_log_quote(path);
        g_ptr_array_add(config->warnings,
                        g_strdup_printf("QGA_CONF names %s, which does not exist", quoted));
    }
    return TRUE;
}

static gboolean load_default(VaConfig *config, GError **error)
{
    const char *const *path = os_daemon_defaults()->config_files;
    for (; *path && !config->file; path++)
        if (!va_key_file_load(config, *path, FALSE, error))
            return FALSE;
    return TRUE;
}

static gboolean load_file(VaConfig *config, GError **error)
{
    g_autofree char *asked = g_steal_pointer(&config->file);
    const char *environment = g_getenv("QGA_CONF");
    if (asked)
        return va_key_file_load(config, asked, TRUE, error);
    if (environment)
        return load_from_environment(config, environment, error);
    return load_default(config, error);
}

static void fill_in(VaConfig *config)
{
    for (guint i = 0; i < va_n_options; i++) {
        const VaOption *option = &va_options[i];
        if (!option->fallback || option->kind == VA_OPTION_HOOK)
            continue;
        char **member = &G_STRUCT_MEMBER(char *, config, option->offset);
        if (!*member)
            *member = g_strdup(va_option_fallback(option));
    }
    if (!config->path)
        config->path = g_strdup(os_channel_default_path(config->method));
}

static gboolean check_method(const VaConfig *config, GError **error)
{
    const char *const *known = os_channel_methods();
    if (g_strv_contains(known, config->method))
        return TRUE;
    g_autofree char *quoted = va_log_quote(config->method);
    g_autofree char *names = g_strjoinv(", ", (char **)known);
    return va_fail(error, "unsupported channel method %s (known: %s)", quoted, names);
}

static gboolean check(const VaConfig *config, VaConfigAction action, GError **error)
{
    if (action == VA_CONFIG_RUN && !check_method(config, error))
        return FALSE;
    if (!config->path && !os_daemon_has_sockets())
        return va_fail(error, "must specify a path for this channel");
    return TRUE;
}

/* The key file is read when the service starts: one that is broken must not keep it from being
 * removed. */
static gboolean set_up_service(VaConfig *config, const GArray *arguments, GError **error)
{
    fill_in(config);
    if (!config->service_name)
        config->service_name = g_strdup(os_service_default_name());
    if (!check_method(config, error))
        return FALSE;
    config->service_arguments = va_config_service_arguments(config, arguments);
    return TRUE;
}

static gboolean set_up(VaConfig *config, const GArray *arguments, VaConfigAction action,
                       GError **error)
{
    if (!apply(config, arguments, FALSE, error))
        return FALSE;
    if (action == VA_CONFIG_SERVICE)
        return apply(config, arguments, TRUE, error) && set_up_service(config, arguments, error);
    if (action == VA_CONFIG_RUN && !os_daemon_secure(error))
        return FALSE;
    if (!load_file(config, error) || !apply(config, arguments, TRUE, error))
        return FALSE;
    fill_in(config);
    return check(config, action, error);
}

VaConfigAction va_config_load(int argc, char **argv, VaConfig **config, GError **error)
{
    VaConfigAction action = VA_CONFIG_FAILED;
    g_autoptr(VaConfig) made = va_config_new();
    g_autoptr(GArray) arguments = va_arguments_parse(argc, argv, &action, error);
    if (!arguments)
        return VA_CONFIG_FAILED;
    if (action > VA_CONFIG_DUMP)
        return action;
    if (!set_up(made, arguments, action, error))
        return VA_CONFIG_FAILED;
    *config = g_steal_pointer(&made);
    return action;
}

guint32 va_config_vsock_peer(const VaConfig *config)
{
    if (!config->vsock_peer)
        return OS_VSOCK_HOST;
    if (strcmp(config->vsock_peer, "any") == 0)
        return G_MAXUINT32;
    return (guint32)g_ascii_strtoull(config->vsock_peer, NULL, 10);
}

/* An unset one was not given, an invalid one was refused. */
static guint seconds(const char *text, guint fallback)
{
    return text ? (guint)g_ascii_strtoull(text, NULL, 10) : fallback;
}

guint va_config_freeze_limit(const VaConfig *config)
{
    return seconds(config->freeze_limit, FREEZE_LIMIT);
}

guint va_config_hook_limit(const VaConfig *config)
{
    return seconds(config->hook_limit, HOOK_LIMIT);
}

char *va_config_dump(const VaConfig *config)
{
    return va_key_file_format(config);
}
