/* SPDX-License-Identifier: Apache-2.0 */
#include "account.h"
#include "error.h"
#include "log.h"
#include "os-ssh.h"
#include "schema-commands.h"
#include "ssh-key.h"
#include "ssh-keys.h"

#include <gio/gio.h>
#include <string.h>

/* How often a file that others change at the same moment is read again. */
#define TRIES_MAX 8

/* What is to become of a file. */
typedef struct {
    const GPtrArray *keys;
    GString *(*change)(const char *text, gsize length, const GPtrArray *keys);
    gboolean make;  /* a missing file is made; otherwise there is nothing to do */
    gboolean reset; /* what was there before does not count */
} Edit;

/* The keys that are meant.  libvirt cuts a file at its line feeds and sends what follows the last
 * one, too: nothing. */
static GPtrArray *meant(const GPtrArray *keys)
{
    GPtrArray *meant = g_ptr_array_new();
    guint length = keys->len;

    if (length > 1 && *(const char *)keys->pdata[length - 1] == '\0')
        length--;
    for (guint i = 0; i < length; i++)
        g_ptr_array_add(meant, keys->pdata[i]);
    return meant;
}

static gboolean check_keys(const GPtrArray *keys, gboolean (*is_good)(const char *key),
                           GError **error)
{
    for (guint i = 0; i < keys->len; i++) {
        const char *key = g_ptr_array_index(keys, i);
        g_autofree char *quoted = is_good(key) ? NULL : va_log_quote(key);
        if (quoted)
            return va_fail(error, "invalid OpenSSH public key: %s", quoted);
    }
    return TRUE;
}

static OsSshUser *find_user(const char *name, GError **error)
{
    g_autoptr(GError) local = NULL;
    OsSshUser *user = va_account_name_allowed(name) ? os_ssh_user_find(name, &local) : NULL;
    if (user)
        return user;

    g_autofree char *quoted = va_log_quote(name);
    if (!local || g_error_matches(local, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
        va_fail(error, "failed to lookup user %s", quoted);
    else
        va_fail(error, "failed to lookup user %s: %s", quoted, local->message);
    return NULL;
}

static gboolean replace(OsSshUser *user, const GString *text, GError **error)
{
    if (text->len > OS_SSH_TEXT_MAX)
        return va_fail(error, "the keys would take more than %" G_GSIZE_FORMAT " bytes",
                       OS_SSH_TEXT_MAX);
    return os_ssh_replace(user, text->str, text->len, error);
}

static gboolean edit_once(OsSshUser *user, const Edit *edit, GError **error)
{
    g_autoptr(GError) local = NULL;
    gsize length = 0;
    g_autofree char *old = os_ssh_read(user, &length, &local);

    if (g_error_matches(local, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) && !edit->make)
        return TRUE;
    if (local && local->code != G_IO_ERROR_NOT_FOUND && !edit->reset) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    gboolean keep = old && !edit->reset;
    g_autoptr(GString) text = edit->change(keep ? old : "", keep ? length : 0, edit->keys);
    if (old && text->len == length && memcmp(text->str, old, length) == 0)
        return TRUE;
    return replace(user, text, error);
}

static gboolean edit_file(const char *name, const Edit *edit, GError **error)
{
    g_autoptr(OsSshUser) user = find_user(name, error);
    g_autoptr(GError) local = NULL;

    for (guint tries = 0; user && tries < TRIES_MAX; tries++) {
        g_clear_error(&local);
        if (edit_once(user, edit, &local))
            return TRUE;
        if (!g_error_matches(local, G_IO_ERROR, G_IO_ERROR_BUSY))
            break;
    }
    if (local)
        g_propagate_error(error, g_steal_pointer(&local));
    return FALSE;
}

gboolean cmd_ssh_get_authorized_keys(const GuestSshGetAuthorizedKeysIn *in,
                                     GuestAuthorizedKeys **out, GError **error)
{
    g_autoptr(OsSshUser) user = find_user(in->username, error);
    if (!user)
        return FALSE;
    gsize length;
    g_autofree char *text = os_ssh_read(user, &length, error);
    if (!text)
        return FALSE;

    *out = g_new0(GuestAuthorizedKeys, 1);
    (*out)->keys = va_ssh_keys_list(text, length);
    return TRUE;
}

gboolean cmd_ssh_add_authorized_keys(const GuestSshAddAuthorizedKeysIn *in, GError **error)
{
    g_autoptr(GPtrArray) keys = meant(in->keys);
    const Edit edit = {
        .keys = keys,
        .change = va_ssh_keys_add,
        .make = TRUE,
        .reset = in->has_reset && in->reset,
    };

    return check_keys(keys, va_ssh_key_is_public, error) && edit_file(in->username, &edit, error);
}

/* Not only public keys: what somebody else put there must be removable too. */
gboolean cmd_ssh_remove_authorized_keys(const GuestSshRemoveAuthorizedKeysIn *in, GError **error)
{
    g_autoptr(GPtrArray) keys = meant(in->keys);
    const Edit edit = {.keys = keys, .change = va_ssh_keys_remove};

    return check_keys(keys, va_ssh_key_is_line, error) && edit_file(in->username, &edit, error);
}
