/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-ssh.h"

#include <sys/stat.h>

/* What is done to a user's files, as that user: work for os_as_user(), so nothing here allocates.
 */

#define OS_SSH_DIRECTORY      ".ssh"
#define OS_SSH_FILE           "authorized_keys"
#define OS_SSH_TEMPORARY_SIZE 64u

/* What the file was like when it was read. */
typedef struct {
    gboolean looked;
    gboolean exists;
    struct stat is;
} OsSshSeen;

typedef enum {
    OS_SSH_DONE,
    OS_SSH_READING,
    OS_SSH_WRITING,
    OS_SSH_OPENING_DIRECTORY,
    OS_SSH_MAKING_DIRECTORY,
} OsSshStep;

typedef struct {
    const char *home;
    char temporary[OS_SSH_TEMPORARY_SIZE]; /* name of the file to be written; nobody guesses it */
    OsSshSeen seen;
    OsSshStep failed; /* OS_SSH_DONE: nothing has */
    int code; /* errno of what has failed; ELOOP is a symbolic link in place of the directory
               * or the file, EINVAL no regular file, EBUSY not the file seen */
    gsize length;
    char text[OS_SSH_TEXT_MAX + 1]; /* one more tells what just fits from what does not */
} OsSshJob;

/* Fills seen, length and text; all of a missing file, directory or home is READING and ENOENT. */
void os_ssh_files_read(OsSshJob *job);

/* Puts the text in the file's place; makes the directory if there is none. */
void os_ssh_files_replace(OsSshJob *job);
