/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-ssh.h"

#include <windows.h>

/*
 * One file in one directory below one that is the administrator's: opened step by step, each from
 * the handle of the one before, so that no path is ever walked through what belongs to the user.
 *
 * The agent has more rights than the user, so what is opened is looked at through its handle before
 * anything is done with it: it is no reparse point (a junction, a symbolic link), it is where its
 * name says, it has no other name, and it belongs to the user or to those who may do everything.
 * What was looked at cannot become something else: the handle is of the file itself, not of its
 * name.  Nor can its directory: one with something in it cannot be made a junction (MSDN,
 * "FSCTL_SET_REPARSE_POINT"), and the temporary file is in it, and checked to be, before it
 * gets its contents.
 */

/* Where the file is, and whose it is. */
typedef struct {
    wchar_t *root; /* an existing directory; NULL: the account has no profile */
    const wchar_t *directory, *file;
    BYTE owner[SECURITY_MAX_SID_SIZE]; /* a SID: of the user, or of the administrators */
} OsSshPlace;

/* What the file was like when it was read. */
typedef struct {
    gboolean looked;
    gboolean exists;
    FILE_ID_INFO id;
    LARGE_INTEGER size, written, changed;
} OsSshSeen;

typedef enum {
    OS_SSH_DONE,
    OS_SSH_READING,
    OS_SSH_WRITING,
    OS_SSH_OPENING_DIRECTORY,
    OS_SSH_MAKING_DIRECTORY,
} OsSshStep;

/* Codes of Windows that say here what os-ssh.c has the words for. */
#define OS_SSH_IS_LINK     ERROR_CANT_RESOLVE_FILENAME
#define OS_SSH_HAS_NAMES   ERROR_TOO_MANY_LINKS
#define OS_SSH_OTHER_OWNER ERROR_INVALID_OWNER
#define OS_SSH_NOT_REGULAR ERROR_BAD_FILE_TYPE
#define OS_SSH_TOO_LARGE   ERROR_FILE_TOO_LARGE
#define OS_SSH_CHANGED     ERROR_BUSY
#define OS_SSH_HELD        ERROR_OPLOCK_NOT_GRANTED
#define OS_SSH_NO_PROFILE  ERROR_NOT_LOGGED_ON

/* Both say which step has failed, the reason is GetLastError().  All of a missing file, directory
 * or root is READING and ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND or OS_SSH_NO_PROFILE. */

/* Up to OS_SSH_TEXT_MAX bytes, appended to @text; fills @seen. */
OsSshStep os_ssh_files_read(const OsSshPlace *place, OsSshSeen *seen, GByteArray *text);

/* Puts the text in the file's place; makes the directory if there is none.  OS_SSH_CHANGED: the
 * file is not what is in @seen. */
OsSshStep os_ssh_files_replace(const OsSshPlace *place, const OsSshSeen *seen, const void *text,
                               gsize length);
