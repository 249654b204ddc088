/* SPDX-License-Identifier: Apache-2.0 */
#include "os-ssh-user.h"

#include "os-error.h"

#include <gio/gio.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#define PATIENCE      20000u               /* ms: a home may be on a slow network */
#define ENTRY_MAX     ((gsize)1024 * 1024) /* bytes of an entry of the user database */
#define GROUPS_FIRST  64
#define GROUPS_MAX    65536 /* NGROUPS_MAX of Linux */
#define RANDOM_LENGTH 16u   /* bytes in the name of a temporary file */

OsSshUser *os_ssh_user_new(uid_t uid, gid_t gid, gid_t *groups, gsize n_groups, const char *home)
{
    OsSshUser *user = g_new0(OsSshUser, 1);
    user->who = (OsAsUser){.uid = uid, .gid = gid, .groups = groups, .n_groups = n_groups};
    user->home = g_strdup(home);
    user->patience = PATIENCE;
    return user;
}

void os_ssh_user_free(OsSshUser *user)
{
    if (!user)
        return;
    g_free(user->who.groups);
    g_free(user->home);
    g_free(user);
}

/* getgrouplist(3) says how much room it needs, at least with the GNU library. */
static OsSshUser *user_of_entry(const struct passwd *entry, GError **error)
{
    g_autofree gid_t *groups = NULL;
    int room = 0, n = GROUPS_FIRST;
    do {
        room = MAX(n, 2 * room);
        n = room;
        groups = g_renew(gid_t, groups, (gsize)room);
    } while (getgrouplist(entry->pw_name, entry->pw_gid, groups, &n) < 0 && room < GROUPS_MAX);
    if (n > room || !g_path_is_absolute(entry->pw_dir)) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                            n > room ? "too many groups" : "no home directory");
        return NULL;
    }
    return os_ssh_user_new(entry->pw_uid, entry->pw_gid, g_steal_pointer(&groups), (gsize)n,
                           entry->pw_dir);
}

/* getpwnam_r(3): what various systems say of a name that is not found. */
static gboolean means_unknown(int code)
{
    return code == 0 || code == ENOENT || code == ESRCH || code == EBADF || code == EPERM;
}

OsSshUser *os_ssh_user_find(const char *name, GError **error)
{
    struct passwd entry, *found = NULL;
    g_autofree char *text = NULL;
    gsize size = 512;
    int code;
    do {
        size *= 2;
        g_free(text);
        text = g_malloc(size);
        code = getpwnam_r(name, &entry, text, size, &found);
    } while ((code == ERANGE && size < ENTRY_MAX) || code == EINTR);

    if (found)
        return user_of_entry(found, error);
    g_set_error_literal(error, G_IO_ERROR,
                        means_unknown(code) ? G_IO_ERROR_NOT_FOUND
                                            : (int)g_io_error_from_errno(code),
                        g_strerror(means_unknown(code) ? ENOENT : code));
    return NULL;
}

/* The kernel's own words for what users can put in the way would send an administrator on a search.
 */
static const char *reason(int code)
{
    static const struct {
        int code;
        const char *text;
    } reasons[] = {
        {ELOOP, "it is a symbolic link, which is not followed"},
        {EINVAL, "it is not a regular file"},
        {ENXIO, "it is not a regular file"},
        {EFBIG, "it is too large"},
        {EBUSY, "it has just been changed by somebody else"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(reasons); i++)
        if (reasons[i].code == code)
            return reasons[i].text;
    return g_strerror(code);
}

static gboolean fail(const OsSshUser *user, OsSshStep step, int code, const char *text,
                     GError **error)
{
    static const struct {
        const char *what, *below;
    } steps[] = {
        [OS_SSH_READING] = {"read", OS_SSH_DIRECTORY "/" OS_SSH_FILE},
        [OS_SSH_WRITING] = {"write", OS_SSH_DIRECTORY "/" OS_SSH_FILE},
        [OS_SSH_OPENING_DIRECTORY] = {"open directory", OS_SSH_DIRECTORY},
        [OS_SSH_MAKING_DIRECTORY] = {"create directory", OS_SSH_DIRECTORY},
    };
    g_autofree char *path = g_build_filename(user->home, steps[step].below, NULL);
    g_autofree char *shown = g_utf8_make_valid(path, -1);

    g_set_error(error, G_IO_ERROR, code, "failed to %s '%s': %s", steps[step].what, shown, text);
    return FALSE;
}

/* @step: what has failed if the work could not even begin. */
static gboolean run(OsSshUser *user, OsSshJob *job, void (*work)(OsSshJob *), OsSshStep step,
                    GError **error)
{
    g_autoptr(GError) local = NULL;

    job->home = user->home;
    if (!os_as_user(&user->who, (OsAsUserWork)work, job, sizeof *job, user->patience, &local))
        return fail(user, step, local->code, local->message, error);
    if (job->failed != OS_SSH_DONE)
        return fail(user, job->failed, (int)g_io_error_from_errno(job->code), reason(job->code),
                    error);
    return TRUE;
}

char *os_ssh_read(OsSshUser *user, gsize *length, GError **error)
{
    g_autofree OsSshJob *job = g_new0(OsSshJob, 1);
    gboolean done = run(user, job, os_ssh_files_read, OS_SSH_READING, error);

    user->seen = job->seen;
    if (!done)
        return NULL;
    *length = job->length;
    job->text[job->length] = '\0';
    return g_memdup2(job->text, job->length + 1);
}

static gboolean name_temporary(OsSshJob *job)
{
    guint8 random[RANDOM_LENGTH];
    G_STATIC_ASSERT(sizeof "." OS_SSH_FILE "." + 2 * RANDOM_LENGTH <= OS_SSH_TEMPORARY_SIZE);

    if (getentropy(random, sizeof random) != 0)
        return FALSE;
    g_strlcpy(job->temporary, "." OS_SSH_FILE ".", sizeof job->temporary);
    char *end = job->temporary + strlen(job->temporary);
    for (guint i = 0; i < RANDOM_LENGTH; i++, end += 2)
        g_snprintf(end, 3, "%02x", random[i]);
    return TRUE;
}

gboolean os_ssh_replace(OsSshUser *user, const char *text, gsize length, GError **error)
{
    g_autofree OsSshJob *job = g_new0(OsSshJob, 1);

    g_return_val_if_fail(length <= OS_SSH_TEXT_MAX, FALSE);
    if (!name_temporary(job))
        return os_error(error, "failed to name a temporary file");
    job->seen = user->seen;
    job->length = length;
    memcpy(job->text, text, length);
    return run(user, job, os_ssh_files_replace, OS_SSH_WRITING, error);
}
