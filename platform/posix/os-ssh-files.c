/* SPDX-License-Identifier: Apache-2.0 */
#include "os-ssh-files.h"

#include "os-fd.h"
#include "os-ssh-label.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>

#define NEW_MODE 0600
#define OLD_MODE 0644 /* what is left of the mode of an old file: sshd refuses more */

static void fail(OsSshJob *job, OsSshStep step)
{
    job->code = errno;
    job->failed = step;
}

/* With O_DIRECTORY a symbolic link is told as ENOTDIR. */
static int open_directory_in(int home)
{
    struct stat st;
    int fd = openat(home, OS_SSH_DIRECTORY,
                    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    int code = errno;

    if (fd < 0 && code == ENOTDIR &&
        fstatat(home, OS_SSH_DIRECTORY, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode))
        code = ELOOP;
    errno = code;
    return fd;
}

/* O_PATH: a home need not be readable, not even for its owner.  Links on the way to it are
 * followed: they are the administrator's, and lead nowhere the user could not go. */
static int open_home(const OsSshJob *job)
{
    return open(job->home, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static int make_directory(OsSshJob *job)
{
    g_auto(OsFd) home = open_home(job);
    g_auto(OsFd) directory = home < 0 ? -1 : open_directory_in(home);

    if (directory < 0 && errno == ENOENT) {
        if (home < 0 || (mkdirat(home, OS_SSH_DIRECTORY, 0700) < 0 && errno != EEXIST)) {
            fail(job, OS_SSH_MAKING_DIRECTORY);
            return -1;
        }
        directory = open_directory_in(home);
    }
    if (directory < 0)
        fail(job, OS_SSH_OPENING_DIRECTORY);
    return os_fd_steal(&directory);
}

static int find_directory(OsSshJob *job)
{
    g_auto(OsFd) home = open_home(job);
    g_auto(OsFd) directory = home < 0 ? -1 : open_directory_in(home);

    if (directory < 0)
        fail(job, errno == ENOENT ? OS_SSH_READING : OS_SSH_OPENING_DIRECTORY);
    return os_fd_steal(&directory);
}

/* O_NONBLOCK: a FIFO in the file's place must not be waited for. */
static int open_file(int directory, struct stat *st)
{
    g_auto(OsFd) file =
        openat(directory, OS_SSH_FILE, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

    if (file < 0 || fstat(file, st) < 0)
        return -1;
    if (!S_ISREG(st->st_mode)) {
        errno = S_ISDIR(st->st_mode) ? EISDIR : EINVAL;
        return -1;
    }
    return os_fd_steal(&file);
}

static gboolean read_text(int file, OsSshJob *job)
{
    ssize_t got = 1;

    job->length = 0;
    while (got > 0 && job->length < sizeof job->text) {
        do
            got = read(file, job->text + job->length, sizeof job->text - job->length);
        while (got < 0 && errno == EINTR);
        job->length += (gsize)MAX(got, 0);
    }
    if (job->length > OS_SSH_TEXT_MAX)
        errno = EFBIG;
    return got >= 0 && job->length <= OS_SSH_TEXT_MAX;
}

void os_ssh_files_read(OsSshJob *job)
{
    g_auto(OsFd) directory = find_directory(job);
    g_auto(OsFd) file = directory < 0 ? -1 : open_file(directory, &job->seen.is);

    job->seen.exists = file >= 0;
    job->seen.looked = file >= 0 || errno == ENOENT;
    if (directory >= 0 && (file < 0 || !read_text(file, job)))
        fail(job, OS_SSH_READING);
}

static gboolean same_time(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

/* @is NULL: there is no file. */
static gboolean is_as_seen(const OsSshSeen *seen, const struct stat *is)
{
    if (!seen->looked)
        return TRUE;
    if (!seen->exists || !is)
        return !seen->exists && !is;
    return seen->is.st_dev == is->st_dev && seen->is.st_ino == is->st_ino &&
           seen->is.st_size == is->st_size && same_time(&seen->is.st_mtim, &is->st_mtim) &&
           same_time(&seen->is.st_ctim, &is->st_ctim);
}

static gboolean write_text(int file, const OsSshJob *job)
{
    for (gsize done = 0; done < job->length;) {
        ssize_t put = write(file, job->text + done, job->length - done);
        if (put < 0 && errno != EINTR)
            return FALSE;
        done += (gsize)MAX(put, 0);
    }
    return fsync(file) == 0;
}

/* @old -1: there is none. */
static gboolean write_file(int directory, int old, const struct stat *st, const OsSshJob *job)
{
    g_auto(OsFd) file = openat(directory, job->temporary,
                               O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, NEW_MODE);

    if (file < 0 || fchmod(file, old < 0 ? NEW_MODE : st->st_mode & OLD_MODE) < 0)
        return FALSE;
    if (old >= 0)
        os_ssh_label_copy(old, file);
    return write_text(file, job);
}

/* The directory's own fsync() is for the name to survive a crash; where it cannot be done, the file
 * is in place all the same. */
static void put_file(int directory, int old, const struct stat *st, OsSshJob *job)
{
    if (write_file(directory, old, st, job) &&
        renameat(directory, job->temporary, directory, OS_SSH_FILE) == 0) {
        fsync(directory);
        return;
    }
    fail(job, OS_SSH_WRITING);
    if (job->code != EEXIST)
        unlinkat(directory, job->temporary, 0);
}

/* The lock keeps agents from writing between the look of another one and its rename.  A user who
 * holds it keeps nobody waiting for longer than os_as_user() is patient. */
void os_ssh_files_replace(OsSshJob *job)
{
    struct stat st;
    g_auto(OsFd) directory = make_directory(job);
    if (directory < 0)
        return;
    flock(directory, LOCK_EX);

    g_auto(OsFd) old = open_file(directory, &st);
    if (old < 0 && errno != ENOENT) {
        fail(job, OS_SSH_WRITING);
    } else if (!is_as_seen(&job->seen, old < 0 ? NULL : &st)) {
        errno = EBUSY;
        fail(job, OS_SSH_WRITING);
    } else {
        put_file(directory, old, &st, job);
    }
}
