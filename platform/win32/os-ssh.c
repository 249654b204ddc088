/* SPDX-License-Identifier: Apache-2.0 */
#include "os-ssh-user.h"

#include "os-error-alone.h"
#include "os-handle.h"
#include "os-utf16.h"

#define CANCEL_EVERY 100u /* ms; what comes next may wait again */

/* Ends the calls to the system of the thread that has begun it, once time is over: a user can keep
 * a file busy, and a profile may be on a slow network. */
typedef struct {
    HANDLE thread, timer;
} Limit;

static void CALLBACK cancel(PVOID thread, BOOLEAN fired)
{
    CancelSynchronousIo(thread);
}

static Limit limit_begin(guint patience)
{
    Limit limit = {0};

    if (DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &limit.thread,
                        THREAD_TERMINATE, FALSE, 0))
        CreateTimerQueueTimer(&limit.timer, NULL, cancel, limit.thread, patience, CANCEL_EVERY,
                              WT_EXECUTEDEFAULT);
    return limit;
}

/* Waits for a call of cancel() that has begun. */
static void limit_end(Limit *limit)
{
    if (limit->timer)
        DeleteTimerQueueTimer(NULL, limit->timer, INVALID_HANDLE_VALUE);
    os_handle_close(limit->thread);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Limit, limit_end)

static const struct {
    DWORD code;
    int to;
    const char *text;
} reasons[] = {
    {OS_SSH_IS_LINK, G_IO_ERROR_FAILED, "it is a link or a junction, which is not followed"},
    {OS_SSH_HAS_NAMES, G_IO_ERROR_FAILED, "it has another name elsewhere (a hard link)"},
    {OS_SSH_OTHER_OWNER, G_IO_ERROR_PERMISSION_DENIED, "it belongs to somebody else"},
    {OS_SSH_NOT_REGULAR, G_IO_ERROR_NOT_REGULAR_FILE, "it is not a regular file"},
    {OS_SSH_TOO_LARGE, G_IO_ERROR_FAILED, "it is too large"},
    {OS_SSH_CHANGED, G_IO_ERROR_BUSY, "it has just been changed by somebody else"},
    {OS_SSH_HELD, G_IO_ERROR_FAILED, "another program does not let go of it"},
    {ERROR_OPERATION_ABORTED, G_IO_ERROR_TIMED_OUT, "it took too long"},
    {OS_SSH_NO_PROFILE, G_IO_ERROR_NOT_FOUND, "the user has no profile, having never logged in"},
};

static void explain(DWORD code, GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS(reasons); i++)
        if (reasons[i].code == code) {
            g_set_error_literal(error, G_IO_ERROR, reasons[i].to, reasons[i].text);
            return;
        }
    os_error_alone(error, code);
}

static gboolean fail(const OsSshPlace *place, OsSshStep step, DWORD code, GError **error)
{
    static const struct {
        const char *what;
        gboolean file;
    } steps[] = {
        [OS_SSH_READING] = {"read", TRUE},
        [OS_SSH_WRITING] = {"write", TRUE},
        [OS_SSH_OPENING_DIRECTORY] = {"open directory", FALSE},
        [OS_SSH_MAKING_DIRECTORY] = {"create directory", FALSE},
    };
    g_autofree char *root = os_utf8(place->root ? place->root : L"%USERPROFILE%");
    g_autofree char *directory = os_utf8(place->directory);
    g_autofree char *file = os_utf8(place->file);

    explain(code, error);
    g_prefix_error(error, "failed to %s '%s\\%s%s%s': ", steps[step].what, root, directory,
                   steps[step].file ? "\\" : "", steps[step].file ? file : "");
    return FALSE;
}

char *os_ssh_read(OsSshUser *user, gsize *length, GError **error)
{
    g_auto(Limit) limit = limit_begin(user->patience);
    g_autoptr(GByteArray) text = g_byte_array_new();
    OsSshStep step = os_ssh_files_read(&user->place, &user->seen, text);

    if (step != OS_SSH_DONE) {
        fail(&user->place, step, GetLastError(), error);
        return NULL;
    }
    *length = text->len;
    g_byte_array_append(text, (const guint8 *)"", 1);
    return (char *)g_byte_array_free(g_steal_pointer(&text), FALSE);
}

gboolean os_ssh_replace(OsSshUser *user, const char *text, gsize length, GError **error)
{
    g_return_val_if_fail(length <= OS_SSH_TEXT_MAX, FALSE);
    g_auto(Limit) limit = limit_begin(user->patience);
    OsSshStep step = os_ssh_files_replace(&user->place, &user->seen, text, length);

    return step == OS_SSH_DONE || fail(&user->place, step, GetLastError(), error);
}
