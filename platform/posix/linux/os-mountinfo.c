/* SPDX-License-Identifier: Apache-2.0 */
#include "os-mountinfo.h"
#include "os-mountinfo-hidden.h"
#include "os-read.h"
#include "os-root.h"

#include <string.h>

#define TYPES_MAX (64 * 1024) /* bytes of /proc/filesystems: some 40 lines */
#define READINGS  8           /* of a table that changes all the time */

static void mount_free(OsMount *mount)
{
    if (!mount)
        return;
    g_free(mount->root);
    g_free(mount->mountpoint);
    g_free(mount->type);
    g_free(mount->source);
    g_free(mount);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OsMount, mount_free)

static gboolean is_octal(char c)
{
    return c >= '0' && c <= '7';
}

/* The byte that the four characters at @s stand for; 0 if they are no escape, nor that of a NUL. */
static char unescape_byte(const char *s)
{
    if (s[0] != '\\' || s[1] < '0' || s[1] > '3' || !is_octal(s[2]) || !is_octal(s[3]))
        return '\0';
    return (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0'));
}

/* Blanks, tabs, newlines, backslashes and in newer kernels # are written as three octal digits
 * (fs/proc_namespace.c). */
static char *unescape(const char *field)
{
    char *bytes = g_malloc(strlen(field) + 1), *to = bytes;
    while (*field) {
        char byte = unescape_byte(field);
        *to++ = byte ? byte : *field;
        field += byte ? 4 : 1;
    }
    *to = '\0';
    return bytes;
}

static gboolean parse_number(const char *field, guint *number)
{
    guint64 wide;
    if (!g_ascii_string_to_unsigned(field, 10, 0, G_MAXINT, &wide, NULL))
        return FALSE;
    *number = (guint)wide;
    return TRUE;
}

static gboolean parse_device(char *field, OsMount *mount)
{
    const char *major = strsep(&field, ":");
    return field && parse_number(major, &mount->major) && parse_number(field, &mount->minor);
}

enum { ID, PARENT, DEVICE, ROOT, MOUNTPOINT, OPTIONS, TYPE, SOURCE, N_FIELDS };

/* Between the options and the type there are any number of fields, and a lone dash.  A source can
 * be the empty string. */
static gboolean split(char *line, char *fields[N_FIELDS])
{
    for (int i = 0; i < N_FIELDS; i++) {
        const char *optional = i == TYPE ? "" : "-";
        while (line && !g_str_equal(optional, "-"))
            optional = strsep(&line, " ");
        if (!line)
            return FALSE;
        fields[i] = strsep(&line, " ");
    }
    return TRUE;
}

static OsMount *parse_line(char *line)
{
    char *fields[N_FIELDS];
    g_autoptr(OsMount) mount = g_new0(OsMount, 1);

    if (!split(line, fields) || !parse_number(fields[ID], &mount->id) ||
        !parse_number(fields[PARENT], &mount->parent) || !parse_device(fields[DEVICE], mount) ||
        *fields[MOUNTPOINT] != '/')
        return NULL;
    mount->root = unescape(fields[ROOT]);
    mount->mountpoint = unescape(fields[MOUNTPOINT]);
    mount->type = unescape(fields[TYPE]);
    mount->source = unescape(fields[SOURCE]);
    return g_steal_pointer(&mount);
}

/* An id that comes again is the same mount: the kernel gives the table out by pages, and goes on
 * from where it was, more or less, if mounts went meanwhile. */
GPtrArray *os_mountinfo_parse(const char *text)
{
    g_autoptr(GPtrArray) mounts = g_ptr_array_new_with_free_func((GDestroyNotify)mount_free);
    g_autoptr(GHashTable) ids = g_hash_table_new(NULL, NULL);

    while (*text) {
        gsize length = strcspn(text, "\n");
        g_autofree char *line = g_strndup(text, length);
        g_autoptr(OsMount) mount = parse_line(line);

        if (mount && g_hash_table_add(ids, GUINT_TO_POINTER(mount->id)))
            g_ptr_array_add(mounts, g_steal_pointer(&mount));
        text += length + (text[length] == '\n');
    }
    os_mountinfo_hidden_mark(mounts);
    return g_steal_pointer(&mounts);
}

/* One reading may miss a mount while others go; two that agree do not. */
GPtrArray *os_mountinfo_read(GError **error)
{
    g_autofree char *path = os_root("/proc/self/mountinfo");
    g_autofree char *text = os_read(path, OS_MOUNTINFO_MAX, NULL, error);

    for (int i = 1; text && i < READINGS; i++) {
        g_autofree char *before = g_steal_pointer(&text);
        text = os_read(path, OS_MOUNTINFO_MAX, NULL, error);
        if (text && g_str_equal(text, before))
            break;
    }
    return text ? os_mountinfo_parse(text) : NULL;
}

/* Lines are "nodev\ttmpfs" or "\text4". */
GHashTable *os_filesystem_types(void)
{
    GHashTable *types = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *path = os_root("/proc/filesystems");
    g_autofree char *text = os_read(path, TYPES_MAX, NULL, NULL);
    g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", -1);

    for (char **line = lines; *line; line++)
        if (**line == '\t' && (*line)[1])
            g_hash_table_add(types, g_strdup(*line + 1));
    return types;
}

/* The subtype is not part of the type: "fuseblk.ntfs-3g". */
gboolean os_filesystem_is_on_device(GHashTable *known, const char *type)
{
    g_autofree char *base = g_strndup(type, strcspn(type, "."));
    return g_hash_table_contains(known, base);
}
