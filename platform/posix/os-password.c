/* SPDX-License-Identifier: Apache-2.0 */
#include "os-password.h"

#include "os-root.h"
#include "os-run.h"

#include <gio/gio.h>
#include <string.h>

/* Where the administrator's programs are; the last is NixOS's.  The agent's own PATH may be
 * anything. */
static const char *const directories[] = {
    "/usr/sbin", "/sbin", "/usr/bin", "/bin", "/run/current-system/sw/bin",
};

/* PAM may ask a server; and chpasswd(8) itself waits 15 s for a lock on the password files. */
#define TIME_LIMIT  60000u /* milliseconds */
#define OUTPUT_LAST 2048u  /* bytes */

typedef struct {
    char *text;
    gsize size;
} Line;

static void line_clear(Line *line)
{
    os_password_wipe(line->text, line->size);
    g_free(line->text);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Line, line_clear)

/* explicit_bzero(3) */
void os_password_wipe(gpointer memory, gsize size)
{
    if (size > 0)
        explicit_bzero(memory, size);
}

/* Made in one piece of memory: one that grows leaves its old self behind. */
static Line line_of(const char *user, const void *password, gsize size)
{
    gsize length = strlen(user);
    Line line = {.text = g_malloc(length + size + 2), .size = length + size + 2};

    memcpy(line.text, user, length);
    line.text[length] = ':';
    memcpy(line.text + length + 1, password, size);
    line.text[length + 1 + size] = '\n';
    return line;
}

static char *search_path(void)
{
    g_autoptr(GString) path = g_string_new("PATH=");

    for (guint i = 0; i < G_N_ELEMENTS(directories); i++) {
        g_autofree char *directory = os_root(directories[i]);
        g_string_append_printf(path, "%s%s", i ? ":" : "", directory);
    }
    return g_string_free(g_steal_pointer(&path), FALSE);
}

/* What it said says more than its exit status. */
static gboolean fail(const OsRun *run, const OsRunResult *result, GError **error)
{
    g_autofree char *said = g_strstrip(g_utf8_make_valid(result->output, -1));
    g_autofree char *end = os_run_describe(run, result);

    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                        result->timed_out || !*said ? end : said);
    return FALSE;
}

gboolean os_password_set(const char *user, const void *password, gsize size, gboolean crypted,
                         GError **error)
{
    g_autofree char *path = search_path();
    g_auto(Line) line = line_of(user, password, size);
    g_auto(OsRunResult) result = {0};
    const char *const argv[] = {"chpasswd", crypted ? "-e" : NULL, NULL};
    const char *const envp[] = {path, "LC_ALL=C", NULL};
    const OsRun run = {
        .argv = argv,
        .envp = envp,
        .input = line.text,
        .input_size = line.size,
        .time_limit = TIME_LIMIT,
        .output_last = OUTPUT_LAST,
    };

    if (!os_run(&run, &result, error))
        return FALSE;
    return os_run_succeeded(&result) || fail(&run, &result, error);
}
