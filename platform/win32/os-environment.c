/* SPDX-License-Identifier: Apache-2.0 */
#include "os-environment.h"

#include <gio/gio.h>
#include <string.h>
#include <windows.h>

#include "os-utf16.h"

/* UTF-16 units; a path of Windows itself is no longer. */
#define DIRECTORY_UNITS (MAX_PATH + 1)

typedef struct {
    wchar_t *text; /* "NAME=value" */
    int name;      /* length of the name, units */
    guint order;   /* in which it was given */
} Entry;

static void entry_clear(gpointer data)
{
    Entry *entry = data;
    g_free(entry->text);
}

/* A name may begin with "=": so Windows keeps the working directories of drives ("=C:=C:\x"). */
static const wchar_t *name_end(const wchar_t *text)
{
    return *text ? wcschr(text + 1, L'=') : NULL;
}

static int compare_names(const Entry *a, const Entry *b)
{
    return CompareStringOrdinal(a->text, a->name, b->text, b->name, TRUE) - CSTR_EQUAL;
}

static gint by_name(gconstpointer a, gconstpointer b)
{
    const Entry *first = a, *second = b;
    int names = compare_names(first, second);

    if (names != 0)
        return names;
    return first->order < second->order ? -1 : 1;
}

static gboolean add_entry(GArray *entries, const char *text, GError **error)
{
    g_autofree wchar_t *wide = os_utf16(text, error);
    if (!wide)
        return FALSE;

    const wchar_t *end = name_end(wide);
    if (!end) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                            "an entry of the environment has no '='");
        return FALSE;
    }
    Entry entry = {.name = (int)(end - wide), .order = entries->len};
    entry.text = g_steal_pointer(&wide);
    g_array_append_val(entries, entry);
    return TRUE;
}

/* First of all, so that whatever was given counts more. */
static gboolean add_needed(GArray *entries, GError **error)
{
    wchar_t directory[DIRECTORY_UNITS];
    UINT length = GetSystemWindowsDirectoryW(directory, DIRECTORY_UNITS);
    g_autofree char *value = os_utf8_n(directory, length < DIRECTORY_UNITS ? length : 0);
    g_autofree char *text = g_strdup_printf("SystemRoot=%s", value);

    return add_entry(entries, text, error);
}

static wchar_t *join_entries(const GArray *entries)
{
    GArray *block = g_array_new(FALSE, FALSE, sizeof(wchar_t));
    static const wchar_t nul = 0;

    for (guint i = 0; i < entries->len; i++) {
        const Entry *entry = &g_array_index(entries, Entry, i);
        if (i + 1 < entries->len && compare_names(entry, entry + 1) == 0)
            continue;
        g_array_append_vals(block, entry->text, (guint)wcslen(entry->text) + 1);
    }
    g_array_append_val(block, nul);
    return (wchar_t *)(gpointer)g_array_free(block, FALSE);
}

wchar_t *os_environment_block(const char *const *envp, GError **error)
{
    g_autoptr(GArray) entries = g_array_new(FALSE, FALSE, sizeof(Entry));
    g_array_set_clear_func(entries, entry_clear);

    if (!add_needed(entries, error))
        return NULL;
    for (guint i = 0; envp[i]; i++)
        if (!add_entry(entries, envp[i], error))
            return NULL;
    g_array_sort(entries, by_name);
    return join_entries(entries);
}

static const char *value_of(const char *entry, const char *name)
{
    gsize length = strlen(name);
    return g_ascii_strncasecmp(entry, name, length) == 0 && entry[length] == '='
               ? entry + length + 1
               : NULL;
}

char *os_environment_look_up(const char *const *envp, const char *name)
{
    const char *found = NULL;

    for (guint i = 0; envp && envp[i]; i++) {
        const char *value = value_of(envp[i], name);
        found = value ? value : found;
    }
    return g_strdup(found ? found : g_getenv(name));
}
