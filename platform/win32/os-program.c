/* SPDX-License-Identifier: Apache-2.0 */
#include "os-program.h"

#include <string.h>
#include <windows.h>

#include "os-command-line.h"
#include "os-environment.h"
#include "os-error-alone.h"
#include "os-file-path.h"
#include "os-system-program.h"
#include "os-utf16.h"

#define ENDINGS_DEFAULT ".COM;.EXE;.BAT;.CMD"

/* PATH may have so many directories, endings included, that are asked for. */
#define CANDIDATES_MAX 8192u

/* The rest of PATHEXT (.vbs, .js, .msc) is opened by programs that only the shell knows. */
static const char *const endings_known[] = {".com", ".exe", ".bat", ".cmd"};
static const wchar_t *const endings_batch[] = {L".bat", L".cmd"};

typedef struct {
    char **endings; /* of PATHEXT, those that can be run */
    guint tried;
    DWORD code; /* why the last that was there cannot be run; else that there is none */
} Search;

static void search_clear(Search *search)
{
    g_strfreev(search->endings);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Search, search_clear)

void os_program_clear(OsProgram *program)
{
    g_clear_pointer(&program->path, g_free);
    g_clear_pointer(&program->line, g_free);
}

static gboolean is_known(const char *ending)
{
    for (guint i = 0; i < G_N_ELEMENTS(endings_known); i++)
        if (g_ascii_strcasecmp(ending, endings_known[i]) == 0)
            return TRUE;
    return FALSE;
}

static char **read_endings(const char *const *envp)
{
    g_autofree char *value = os_environment_look_up(envp, "PATHEXT");
    g_auto(GStrv) all = g_strsplit(value ? value : ENDINGS_DEFAULT, ";", -1);
    g_autoptr(GStrvBuilder) known = g_strv_builder_new();

    for (guint i = 0; all[i]; i++)
        if (is_known(all[i]))
            g_strv_builder_add(known, all[i]);
    return g_strv_builder_end(known);
}

static gboolean has_directory(const char *name)
{
    return strpbrk(name, "/\\:") != NULL;
}

/* Whether the last part of @name has an ending of any kind. */
static gboolean has_ending(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot && !strpbrk(dot, "/\\");
}

/* The full path of @path if there is a file; else NULL, and search->code may say more. */
static wchar_t *attempt(Search *search, const char *path)
{
    g_autofree wchar_t *full = os_file_path(path, NULL);
    DWORD attributes = full ? GetFileAttributesW(full) : INVALID_FILE_ATTRIBUTES;

    search->tried++;
    if (attributes == INVALID_FILE_ATTRIBUTES)
        return NULL;
    if (attributes & FILE_ATTRIBUTE_DIRECTORY) {
        search->code = ERROR_ACCESS_DENIED;
        return NULL;
    }
    return g_steal_pointer(&full);
}

static wchar_t *attempt_endings(Search *search, const char *path)
{
    wchar_t *found = NULL;

    for (guint i = 0; search->endings[i] && !found; i++) {
        g_autofree char *whole = g_strconcat(path, search->endings[i], NULL);
        found = attempt(search, whole);
    }
    return found;
}

static wchar_t *find_in_directory(Search *search, const char *directory, const char *name)
{
    g_autofree char *path = g_strconcat(directory, "\\", name, NULL);
    wchar_t *found = has_ending(name) ? attempt(search, path) : NULL;

    return found ? found : attempt_endings(search, path);
}

/* Of the entries of PATH only those that do not depend on where the agent works: "C:\x", "\\s\x".
 */
static gboolean is_absolute(const char *directory)
{
    if (g_ascii_isalpha(*directory))
        return directory[1] == ':' && (directory[2] == '\\' || directory[2] == '/');
    return g_str_has_prefix(directory, "\\\\");
}

static wchar_t *find_along_path(Search *search, const char *const *envp, const char *name)
{
    g_autofree char *path = os_environment_look_up(envp, "PATH");
    g_auto(GStrv) directories = g_strsplit(path ? path : "", ";", -1);
    wchar_t *found = NULL;

    for (guint i = 0; directories[i] && !found && search->tried < CANDIDATES_MAX; i++) {
        g_strdelimit(directories[i], "\"", ' ');
        const char *directory = g_strstrip(directories[i]);
        if (is_absolute(directory))
            found = find_in_directory(search, directory, name);
    }
    return found;
}

static wchar_t *find(const char *name, const char *const *envp, GError **error)
{
    g_auto(Search) search = {.endings = read_endings(envp), .code = ERROR_FILE_NOT_FOUND};
    wchar_t *found = NULL;

    if (has_directory(name)) {
        found = attempt(&search, name);
        if (!found)
            found = attempt_endings(&search, name);
    } else if (*name) {
        found = find_along_path(&search, envp, name);
    }
    return found ? found : os_error_alone_null(error, search.code);
}

static gboolean is_batch(const wchar_t *path)
{
    gsize length = wcslen(path);

    for (guint i = 0; i < G_N_ELEMENTS(endings_batch); i++) {
        gsize ending = wcslen(endings_batch[i]);
        if (length > ending && _wcsicmp(path + length - ending, endings_batch[i]) == 0)
            return TRUE;
    }
    return FALSE;
}

static wchar_t *find_interpreter(GError **error)
{
    g_autofree char *path = os_system_program("cmd.exe", error);
    return path ? os_utf16(path, error) : NULL;
}

/* CreateProcessW() would run it too, but by whatever COMSPEC says, and with the line as it is. */
static gboolean prepare_batch(const char *const *argv, const wchar_t *script, OsProgram *program,
                              GError **error)
{
    g_autofree wchar_t *interpreter = find_interpreter(error);
    wchar_t *line = interpreter ? os_command_line_batch(interpreter, script, argv, error) : NULL;

    if (!line)
        return FALSE;
    *program = (OsProgram){.path = g_steal_pointer(&interpreter), .line = line};
    return TRUE;
}

gboolean os_program_find(const char *const *argv, const char *const *envp, OsProgram *program,
                         GError **error)
{
    g_autofree wchar_t *path = find(argv[0], envp, error);
    if (!path)
        return FALSE;
    if (is_batch(path))
        return prepare_batch(argv, path, program, error);

    wchar_t *line = os_command_line(argv, error);
    if (!line)
        return FALSE;
    *program = (OsProgram){.path = g_steal_pointer(&path), .line = line};
    return TRUE;
}
