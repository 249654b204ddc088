/* SPDX-License-Identifier: Apache-2.0 */
#include "options.h"

#include "error.h"
#include "log.h"
#include "os-channel.h"
#include "os-daemon.h"
#include "os-service.h"

#include <string.h>

#define AT(member)       offsetof(VaConfig, member)
#define BUILT_IN(member) .fallback = offsetof(OsDefaults, member)
#define SPLIT_BY(member) .separator = offsetof(VaConfig, member)

G_STATIC_ASSERT(offsetof(OsDefaults, config_files) == 0); /* 0 is no built-in value's offset */

/* In the order of --help and --dump-conf. */
const VaOption va_options[] = {
    {"daemonize", 'd', "daemon", VA_OPTION_FLAG, AT(daemonize), NULL, "go to the background"},
    {"method", 'm', "method", VA_OPTION_STRING, AT(method), "=METHOD", "kind of channel",
     BUILT_IN(method), .choices = os_channel_methods},
    {"path", 'p', "path", VA_OPTION_STRING, AT(path), "=PATH",
     "device, socket or CID:PORT (default: by method)"},
    {"logfile", 'l', "logfile", VA_OPTION_PATH, AT(log_file), "=PATH",
     "append messages to this file"},
    {"pidfile", 'f', "pidfile", VA_OPTION_PATH, AT(pid_file), "=PATH",
     "pid file, written with --daemonize", BUILT_IN(pid_file)},
    {"fsfreeze-hook", 'F', "fsfreeze-hook", VA_OPTION_HOOK, AT(fsfreeze_hook), "[=PATH]",
     "program to run before a freeze and after a thaw", BUILT_IN(fsfreeze_hook)},
    {"fsfreeze-hooks-dir", 0, "fsfreeze-hooks-dir", VA_OPTION_PATH, AT(hooks_dir), "=DIR",
     "more such programs", BUILT_IN(fsfreeze_hooks_dir)},
    {"fsfreeze-hook-time-limit", 0, "fsfreeze-hook-time-limit", VA_OPTION_SECONDS, AT(hook_limit),
     "=SECONDS", "time that each of them may take, 0: any (default: 120)"},
    {"fsfreeze-time-limit", 0, "fsfreeze-time-limit", VA_OPTION_SECONDS, AT(freeze_limit),
     "=SECONDS", "thaw by ourselves after this time, 0: never (default: 600)"},
    {"fsfreeze-skip", 0, "fsfreeze-skip", VA_OPTION_LIST, AT(freeze_skip), "=PATHS",
     "mount points never to be frozen", SPLIT_BY(skip_separator)},
    {"statedir", 't', "statedir", VA_OPTION_PATH, AT(state_dir), "=DIR",
     "where state that survives a restart is kept", BUILT_IN(state_dir)},
    {"verbose", 'v', "verbose", VA_OPTION_FLAG, AT(verbose), NULL,
     "log information and debug messages too"},
    {"retry-path", 'r', "retry-path", VA_OPTION_FLAG, AT(retry_path), NULL,
     "try again for ever if the channel is missing or breaks"},
    {"vsock-peer", 0, "vsock-peer", VA_OPTION_PEER, AT(vsock_peer), "=CID",
     "who may connect over vsock: a CID or \"any\" (default: the host)"},
    {"block-rpcs", 'b', "block-rpcs", VA_OPTION_LIST, AT(block_rpcs), "=NAMES",
     "commands that must not run; \"help\" lists all", SPLIT_BY(block_separator)},
    {"allow-rpcs", 'a', "allow-rpcs", VA_OPTION_LIST, AT(allow_rpcs), "=NAMES",
     "the only commands that may run; \"help\" lists all", SPLIT_BY(allow_separator)},
    {"blacklist", 0, "blacklist", VA_OPTION_LIST, AT(block_rpcs), "=NAMES", NULL,
     SPLIT_BY(block_separator)},
    {"service", 's', NULL, VA_OPTION_CHOICE, AT(service_verb), "=VERB",
     "set up as a service, which gets the other options", .action = VA_CONFIG_SERVICE,
     .choices = os_service_verbs, .only_with = os_service_verbs},
    {"service-name", 0, NULL, VA_OPTION_STRING, AT(service_name), "=NAME",
     "the service's name, for --service (default: virtagent)", .only_with = os_service_verbs},
    {"config", 'c', NULL, VA_OPTION_FILE, AT(file), "=PATH",
     "configuration file, instead of $QGA_CONF or the default one"},
    {"dump-conf", 'D', NULL, VA_OPTION_ACTION, 0, NULL,
     "print the configuration as a file and exit", .action = VA_CONFIG_DUMP},
    {"version", 'V', NULL, VA_OPTION_ACTION, 0, NULL, "print the version and exit",
     .action = VA_CONFIG_VERSION},
    {"help", 'h', NULL, VA_OPTION_ACTION, 0, NULL, "print this text and exit",
     .action = VA_CONFIG_HELP},
};

const guint va_n_options = G_N_ELEMENTS(va_options);

gboolean va_option_exists(const VaOption *option)
{
    return !option->only_with || *option->only_with();
}

const VaOption *va_option_by_name(const char *name, gsize length)
{
    for (guint i = 0; i < va_n_options; i++)
        if (strlen(va_options[i].name) == length && !memcmp(va_options[i].name, name, length) &&
            va_option_exists(&va_options[i]))
            return &va_options[i];
    return NULL;
}

const VaOption *va_option_by_letter(char letter)
{
    for (guint i = 0; i < va_n_options; i++)
        if (letter && va_options[i].letter == letter && va_option_exists(&va_options[i]))
            return &va_options[i];
    return NULL;
}

const VaOption *va_option_by_key(const char *key)
{
    for (guint i = 0; i < va_n_options; i++)
        if (g_strcmp0(va_options[i].key, key) == 0)
            return &va_options[i];
    return NULL;
}

const char *va_option_fallback(const VaOption *option)
{
    if (!option->fallback)
        return NULL;
    return G_STRUCT_MEMBER(const char *, os_daemon_defaults(), option->fallback);
}

static gboolean set_flag(const VaOption *option, VaConfig *config, const char *value,
                         GError **error)
{
    static const char *const words[] = {"false", "0", "true", "1"};
    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        if (strcmp(value, words[i]) == 0) {
            G_STRUCT_MEMBER(gboolean, config, option->offset) = i >= 2;
            return TRUE;
        }
    }
    g_autofree char *quoted = va_log_quote(value);
    return va_fail(error, "%s must be true or false, not %s", option->key, quoted);
}

static gboolean set_string(const VaOption *option, VaConfig *config, const char *value,
                           GError **error)
{
    char **member = &G_STRUCT_MEMBER(char *, config, option->offset);
    g_free(*member);
    *member = *value ? g_strdup(value) : NULL;
    return TRUE;
}

/* Unset would mean "look elsewhere", where a file that was asked for must exist. */
static gboolean set_file(const VaOption *option, VaConfig *config, const char *value,
                         GError **error)
{
    if (!*value)
        return va_fail(error, "%s needs a file name, not an empty one", option->name);
    return set_string(option, config, value, error);
}

static gboolean set_choice(const VaOption *option, VaConfig *config, const char *value,
                           GError **error)
{
    if (g_strv_contains(option->choices(), value))
        return set_string(option, config, value, error);
    g_autofree char *quoted = va_log_quote(value);
    g_autofree char *known = g_strjoinv(", ", (char **)option->choices());
    return va_fail(error, "%s must be one of %s, not %s", option->name, known, quoted);
}

static gboolean set_peer(const VaOption *option, VaConfig *config, const char *value,
                         GError **error)
{
    /* The last CID is VMADDR_CID_ANY (linux/vm_sockets.h), which has a name here. */
    if (*value && strcmp(value, "any") != 0 &&
        !g_ascii_string_to_unsigned(value, 10, 0, G_MAXUINT32 - 1, NULL, NULL)) {
        g_autofree char *quoted = va_log_quote(value);
        return va_fail(error, "%s must be a CID or \"any\", not %s", option->name, quoted);
    }
    return set_string(option, config, value, error);
}

static gboolean set_seconds(const VaOption *option, VaConfig *config, const char *value,
                            GError **error)
{
    if (*value && !g_ascii_string_to_unsigned(value, 10, 0, VA_CONFIG_SECONDS_MAX, NULL, NULL)) {
        g_autofree char *quoted = va_log_quote(value);
        return va_fail(error, "%s must be a number of seconds up to %u, not %s", option->name,
                       VA_CONFIG_SECONDS_MAX, quoted);
    }
    return set_string(option, config, value, error);
}

static guint append_names(GPtrArray *names, const char *text)
{
    g_auto(GStrv) parts = g_strsplit_set(text, ",;", -1);
    guint before = names->len;
    for (char **part = parts; *part; part++)
        if (*g_strstrip(*part))
            g_ptr_array_add(names, g_strdup(*part));
    return names->len - before;
}

/* A list without a name in it is refused: as an allow list it could mean all or nothing. */
static gboolean set_list(const VaOption *option, VaConfig *config, const char *value,
                         GError **error)
{
    GPtrArray **names = &G_STRUCT_MEMBER(GPtrArray *, config, option->offset);
    g_autoptr(GPtrArray) grown = *names ? g_ptr_array_ref(*names) : g_ptr_array_new_full(0, g_free);
    if (append_names(grown, value) == 0)
        return va_fail(error, "%s needs at least one name", option->name);
    if (!*names)
        *names = g_steal_pointer(&grown);
    if (strchr(value, ';'))
        G_STRUCT_MEMBER(char, config, option->separator) = ';';
    return TRUE;
}

gboolean va_option_set(const VaOption *option, VaConfig *config, const char *value, GError **error)
{
    static gboolean (*const setters[])(const VaOption *, VaConfig *, const char *, GError **) = {
        [VA_OPTION_FLAG] = set_flag,     [VA_OPTION_STRING] = set_string,
        [VA_OPTION_PATH] = set_string,   [VA_OPTION_HOOK] = set_string,
        [VA_OPTION_PEER] = set_peer,     [VA_OPTION_SECONDS] = set_seconds,
        [VA_OPTION_LIST] = set_list,     [VA_OPTION_FILE] = set_file,
        [VA_OPTION_CHOICE] = set_choice,
    };
    g_return_val_if_fail(option->kind != VA_OPTION_ACTION, FALSE);
    return setters[option->kind](option, config, value, error);
}
