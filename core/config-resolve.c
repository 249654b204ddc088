/* SPDX-License-Identifier: Apache-2.0 */
#include "arguments.h"

#include <string.h>

/* A vsock address is no path, and neither is a bare name that may be a device of the OS (COM1). */
static gboolean is_file_name(const VaConfig *config, const char *path)
{
    if (strcmp(config->method, "unix-listen") == 0)
        return TRUE;
    return strcmp(config->method, "vsock-listen") != 0 && strchr(path, G_DIR_SEPARATOR);
}

/* @value of @option: absolute if it is the name of a file, else as it is.  Free with g_free(). */
static char *resolve(const VaConfig *config, const VaOption *option, const char *value)
{
    gboolean path = option->kind == VA_OPTION_PATH || option->kind == VA_OPTION_HOOK ||
                    option->kind == VA_OPTION_FILE;

    if (!path && option->offset == offsetof(VaConfig, path))
        path = is_file_name(config, value);
    if (!path || !*value || g_path_is_absolute(value))
        return g_strdup(value);
    return g_canonicalize_filename(value, NULL);
}

static gboolean is_for_service(const VaOption *option)
{
    return !option->only_with && option->offset != offsetof(VaConfig, daemonize) &&
           option->offset != offsetof(VaConfig, retry_path);
}

/* What was given to us, in the background, and with patience: the device may come later, or be
 * another's for a moment, and nobody is there to start the service again. */
GPtrArray *va_config_service_arguments(const VaConfig *config, const GArray *arguments)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);

    g_ptr_array_add(words, g_strdup("-d"));
    g_ptr_array_add(words, g_strdup("--retry-path"));
    for (guint i = 0; i < arguments->len; i++) {
        const VaArgument *argument = &g_array_index(arguments, VaArgument, i);
        const VaOption *option = argument->option;
        g_autofree char *value = resolve(config, option, argument->value);
        if (is_for_service(option) && option->argument)
            g_ptr_array_add(words, g_strdup_printf("--%s=%s", option->name, value));
        else if (is_for_service(option))
            g_ptr_array_add(words, g_strdup_printf("--%s", option->name));
    }
    g_ptr_array_add(words, NULL);
    return words;
}

static gboolean is_string(const VaOption *option)
{
    return option->kind != VA_OPTION_FLAG && option->kind != VA_OPTION_LIST &&
           option->kind != VA_OPTION_ACTION;
}

void va_config_resolve(VaConfig *config)
{
    for (guint i = 0; i < va_n_options; i++) {
        const VaOption *option = &va_options[i];
        if (!is_string(option))
            continue;
        char **member = &G_STRUCT_MEMBER(char *, config, option->offset);
        char *absolute = *member ? resolve(config, option, *member) : NULL;
        g_free(*member);
        *member = absolute;
    }
}
