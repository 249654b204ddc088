/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-file.h"

/* Files in memory.  A test makes them, and may look at them and change them at any time. */
typedef struct {
    GByteArray *bytes;
    gboolean is_pipe;    /* not regular: reading takes from the front, writing adds */
    gboolean has_writer; /* of a pipe: when empty it would block, else it ends */
    gboolean sizeless;   /* does not tell how much remains, like files of /proc */
    gboolean at_hand;    /* regular, and can be read without waiting */
    gsize read_most;     /* bytes per read; 0: no limit */
    gsize write_most;    /* bytes per write; 0: no limit */
    gsize capacity;      /* of bytes; beyond, a pipe would block and a file has no space */
} FakeFile;

/* An empty regular file at @path, replacing any; owned by the fake. */
FakeFile *fake_file_make(const char *path, const char *text);

/* NULL if there is none. */
FakeFile *fake_file_find(const char *path);

/* The next call of @function ("os_file_close") fails saying @text. */
void fake_files_fail_next(const char *function, const char *text);

guint fake_files_open(void);             /* OsFiles that exist */
gsize fake_files_largest_read(void);     /* bytes asked for by one os_file_read() */
OsFileFlags fake_files_last_flags(void); /* of the last os_file_open() */

/* No files, no failures; every OsFile must have been closed. */
void fake_files_reset(void);
