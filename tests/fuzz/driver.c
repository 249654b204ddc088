/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"
#include <stdio.h>

/* Stands in for libFuzzer where there is none: runs a target once over each file of a corpus. */

static gboolean run_file(const char *path, GError **error)
{
    g_autofree char *contents = NULL;
    g_autofree guint8 *exact = NULL;
    gsize length;

    if (!g_file_get_contents(path, &contents, &length, error))
        return FALSE;
    /* Without the NUL that GLib adds, so that a checker sees a read beyond the end. */
    exact = g_memdup2(contents, length);
    LLVMFuzzerTestOneInput(exact, length);
    return TRUE;
}

static guint run_directory(const char *path, GError **error)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, error);
    const char *name;
    guint files = 0;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *file = g_build_filename(path, name, NULL);

        if (!run_file(file, error))
            return 0;
        files++;
    }
    return files;
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    guint files = argc == 2 ? run_directory(argv[1], &error) : 0;

    if (files == 0) {
        fprintf(stderr, "%s: %s\n", argv[0], error ? error->message : "needs a directory of files");
        return 1;
    }
    printf("%u files\n", files);
    return 0;
}
