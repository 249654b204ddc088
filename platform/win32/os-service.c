/* SPDX-License-Identifier: Apache-2.0 */
#include "os-service.h"

#include "os-command-line.h"
#include "os-daemon.h"
#include "os-error.h"
#include "os-service-private.h"
#include "os-utf16.h"
#include "os-vss-register.h"

#include <string.h>

#define PATH_MAX_UNITS 32768u /* of any path (MSDN, "Maximum Path Length Limitation") */
#define DISPLAY_NAME   "virtagent guest agent"

const char *os_service_default_name(void)
{
    return "virtagent";
}

char *os_service_program(GError **error)
{
    g_autofree wchar_t *wide = g_new0(wchar_t, PATH_MAX_UNITS);
    DWORD length = GetModuleFileNameW(NULL, wide, PATH_MAX_UNITS);

    if (length == 0 || length >= PATH_MAX_UNITS)
        return os_error_null(error, "failed to find our program");
    return os_utf8(wide);
}

static wchar_t *command_line(const char *program, const char *const *arguments, GError **error)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();

    g_ptr_array_add(words, (char *)program);
    for (; *arguments; arguments++)
        g_ptr_array_add(words, (char *)*arguments);
    g_ptr_array_add(words, NULL);
    wchar_t *line = os_command_line((const char *const *)words->pdata, error);
    if (!line)
        g_prefix_error(error, "failed to make the service's command line: ");
    return line;
}

static SC_HANDLE open_manager(DWORD access, GError **error)
{
    SC_HANDLE manager = OpenSCManagerW(NULL, NULL, access);

    if (!manager && GetLastError() == ERROR_ACCESS_DENIED)
        os_error(error, "only administrators can set up a service");
    else if (!manager)
        os_error(error, "failed to reach the service manager");
    return manager;
}

/* As it is listed: no two services may be called the same (CreateServiceW, MSDN). */
static wchar_t *display_name(const char *name)
{
    gboolean is_default = g_str_equal(name, os_service_default_name());
    g_autofree char *text =
        is_default ? g_strdup(DISPLAY_NAME) : g_strdup_printf(DISPLAY_NAME " (%s)", name);
    return os_utf16(text, NULL);
}

/* The new program takes effect with the next start. */
static SC_HANDLE change(SC_HANDLE manager, const wchar_t *name, const wchar_t *shown,
                        const wchar_t *line)
{
    g_auto(OsScHandle) service =
        OpenServiceW(manager, name, SERVICE_CHANGE_CONFIG | SERVICE_START | SERVICE_QUERY_STATUS);

    if (!service || !ChangeServiceConfigW(service, SERVICE_WIN32_OWN_PROCESS, SERVICE_AUTO_START,
                                          SERVICE_ERROR_NORMAL, line, NULL, NULL, L"",
                                          L"LocalSystem", NULL, shown))
        return NULL;
    SC_HANDLE changed = service;
    service = NULL;
    return changed;
}

/* To let the service be restarted takes the right to start it. */
static SC_HANDLE create(SC_HANDLE manager, const wchar_t *name, const wchar_t *shown,
                        const wchar_t *line)
{
    SC_HANDLE service = CreateServiceW(manager, name, shown,
                                       SERVICE_CHANGE_CONFIG | SERVICE_START | SERVICE_QUERY_STATUS,
                                       SERVICE_WIN32_OWN_PROCESS, SERVICE_AUTO_START,
                                       SERVICE_ERROR_NORMAL, line, NULL, NULL, NULL, NULL, NULL);

    if (service || GetLastError() != ERROR_SERVICE_EXISTS)
        return service;
    return change(manager, name, shown, line);
}

static gboolean create_service(const char *name, const wchar_t *line, GError **error)
{
    g_autofree wchar_t *wide = os_utf16(name, error);
    g_auto(OsScHandle) manager =
        wide ? open_manager(SC_MANAGER_CONNECT | SC_MANAGER_CREATE_SERVICE, error) : NULL;

    if (!manager)
        return FALSE;
    g_autofree wchar_t *shown = display_name(name);
    g_auto(OsScHandle) service = create(manager, wide, shown, line);
    if (!service)
        return os_error(error, "failed to install the service '%s'", name);
    os_service_describe(service);
    return TRUE;
}

static gboolean install(const char *name, const char *const *arguments, GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autofree char *program = os_service_program(error);
    g_autofree wchar_t *line = program ? command_line(program, arguments, error) : NULL;

    if (!line || !os_daemon_secure(error) || !create_service(name, line, error) ||
        !os_service_add_source(program, error))
        return FALSE;
    if (!os_vss_register(&why))
        g_warning("filesystems cannot be frozen: %s", why->message);
    return TRUE;
}

static gboolean delete_service(const char *name, GError **error)
{
    g_autofree wchar_t *wide = os_utf16(name, error);
    g_auto(OsScHandle) manager = wide ? open_manager(SC_MANAGER_CONNECT, error) : NULL;

    if (!manager)
        return FALSE;
    g_auto(OsScHandle) service =
        OpenServiceW(manager, wide, SERVICE_STOP | SERVICE_QUERY_STATUS | DELETE);
    if (!service && GetLastError() == ERROR_SERVICE_DOES_NOT_EXIST)
        return TRUE;
    if (!service)
        return os_error(error, "failed to find the service '%s'", name);
    if (!os_service_stop(service, name, error))
        return FALSE;
    return DeleteService(service) || GetLastError() == ERROR_SERVICE_MARKED_FOR_DELETE ||
           os_error(error, "failed to remove the service '%s'", name);
}

static gboolean uninstall(const char *name, const char *const *arguments, GError **error)
{
    g_autoptr(GError) why = NULL;

    if (!delete_service(name, error) || !os_service_remove_source(error))
        return FALSE;
    if (!os_vss_unregister(&why))
        g_warning("%s", why->message);
    return TRUE;
}

static gboolean register_vss(const char *name, const char *const *arguments, GError **error)
{
    return os_vss_register(error);
}

static gboolean unregister_vss(const char *name, const char *const *arguments, GError **error)
{
    return os_vss_unregister(error);
}

const char *const *os_service_verbs(void)
{
    static const char *const verbs[] = {"install", "uninstall", "vss-install", "vss-uninstall",
                                        NULL};
    return verbs;
}

gboolean os_service_do(const char *verb, const char *name, const char *const *arguments,
                       GError **error)
{
    static gboolean (*const actions[])(const char *, const char *const *, GError **) = {
        install, uninstall, register_vss, unregister_vss};
    const char *const *verbs = os_service_verbs();

    for (guint i = 0; verbs[i]; i++)
        if (strcmp(verbs[i], verb) == 0)
            return actions[i](name, arguments, error);
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "'%s' is unknown", verb);
    return FALSE;
}
