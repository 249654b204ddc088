/* SPDX-License-Identifier: Apache-2.0 */
#include "os-hook-access.h"

#include <gio/gio.h>
#include <sddl.h>

#include "os-sid.h"
#include "os-utf16.h"

/* CREATOR OWNER stands for nobody where it is not inherited; OWNER RIGHTS for the owner, who is
 * judged himself (MSDN, "Well-known SIDs"). */
static const wchar_t *const harmless[] = {L"S-1-3-0", L"S-1-3-4"};

#define CHANGE_OF_ACCESS ((DWORD)DELETE | WRITE_DAC | WRITE_OWNER)

/* A new folder is no hook, but that of the name "x.exe.local" is where x.exe gets its libraries
 * from (MSDN, "Dynamic-link library redirection"). */
static const DWORD dangerous[] = {
    [OS_HOOK_FILE] = CHANGE_OF_ACCESS | FILE_WRITE_DATA | FILE_APPEND_DATA | FILE_WRITE_EA |
                     FILE_WRITE_ATTRIBUTES,
    [OS_HOOK_DIRECTORY] =
        CHANGE_OF_ACCESS | FILE_ADD_FILE | FILE_ADD_SUBDIRECTORY | FILE_DELETE_CHILD,
    [OS_HOOK_ANCESTOR] = CHANGE_OF_ACCESS | FILE_DELETE_CHILD,
};

static gboolean is_trusted(PSID sid, PSID own)
{
    return os_sid_is_powerful(sid) || (own && IsValidSid(sid) && EqualSid(sid, own));
}

static gboolean refuse_owner(PSID owner, const char *what, GError **error)
{
    wchar_t *name = NULL;
    if (owner && IsValidSid(owner))
        ConvertSidToStringSidW(owner, &name);
    g_autofree char *text = os_utf8(name);
    LocalFree(name);
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, "%s belongs to user %s", what,
                text ? text : "unknown");
    return FALSE;
}

/* Kinds that allow nothing.  Any that a later Windows brings is taken to allow. */
static gboolean allows_nothing(BYTE type)
{
    static const BYTE types[] = {
        ACCESS_DENIED_ACE_TYPE,          ACCESS_DENIED_OBJECT_ACE_TYPE,
        ACCESS_DENIED_CALLBACK_ACE_TYPE, ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE,
        SYSTEM_AUDIT_ACE_TYPE,           SYSTEM_MANDATORY_LABEL_ACE_TYPE,
    };
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++)
        if (types[i] == type)
            return TRUE;
    return FALSE;
}

/* Of these the SID stands where ACCESS_ALLOWED_ACE has it; of others it is not looked for. */
static gboolean is_harmless_sid(const ACE_HEADER *header, PSID own)
{
    if (header->AceType != ACCESS_ALLOWED_ACE_TYPE &&
        header->AceType != ACCESS_ALLOWED_CALLBACK_ACE_TYPE)
        return FALSE;
    PSID sid = (PSID) & ((ACCESS_ALLOWED_ACE *)(gpointer)header)->SidStart;
    return is_trusted(sid, own) || os_sid_is_among(sid, harmless, G_N_ELEMENTS(harmless));
}

static gboolean is_harmless(const ACE_HEADER *header, PSID own, OsHookPlace place)
{
    static const GENERIC_MAPPING files = {FILE_GENERIC_READ, FILE_GENERIC_WRITE,
                                          FILE_GENERIC_EXECUTE, FILE_ALL_ACCESS};
    DWORD mask = ((const ACCESS_ALLOWED_ACE *)(gconstpointer)header)->Mask;

    if ((header->AceFlags & INHERIT_ONLY_ACE) || allows_nothing(header->AceType))
        return TRUE;
    MapGenericMask(&mask, (GENERIC_MAPPING *)&files);
    return !(mask & dangerous[place]) || is_harmless_sid(header, own);
}

/* No list allows everything to everybody. */
static gboolean is_closed(PSECURITY_DESCRIPTOR descriptor, PSID own, OsHookPlace place)
{
    BOOL present = FALSE, defaulted;
    PACL list = NULL;

    if (!GetSecurityDescriptorDacl(descriptor, &present, &list, &defaulted) || !present || !list)
        return FALSE;
    for (DWORD i = 0; i < list->AceCount; i++) {
        gpointer entry = NULL;
        if (!GetAce(list, i, &entry) || !is_harmless(entry, own, place))
            return FALSE;
    }
    return TRUE;
}

gboolean os_hook_access_check(PSECURITY_DESCRIPTOR descriptor, PSID own, OsHookPlace place,
                              const char *what, GError **error)
{
    BOOL defaulted;
    PSID owner = NULL;

    GetSecurityDescriptorOwner(descriptor, &owner, &defaulted);
    if (!owner || !is_trusted(owner, own))
        return refuse_owner(owner, what, error);
    if (is_closed(descriptor, own, place))
        return TRUE;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, "%s is writable by others", what);
    return FALSE;
}
