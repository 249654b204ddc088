/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A message catalogue interface without catalogues: each call hands its message back.  GLib needs
 * these names even when built without translations, and no Windows C library has them. */

/* Printf formats stay checkable through the calls, which GLib's build insists on. */
#define INTL_FORMAT_OF(n) __attribute__((format_arg(n)))

char *gettext(const char *id) INTL_FORMAT_OF(1);
char *dgettext(const char *domain, const char *id) INTL_FORMAT_OF(2);
char *dcgettext(const char *domain, const char *id, int category) INTL_FORMAT_OF(2);
char *ngettext(const char *id, const char *plural, unsigned long n) INTL_FORMAT_OF(1)
    INTL_FORMAT_OF(2);
char *dngettext(const char *domain, const char *id, const char *plural, unsigned long n)
    INTL_FORMAT_OF(2) INTL_FORMAT_OF(3);
char *dcngettext(const char *domain, const char *id, const char *plural, unsigned long n,
                 int category) INTL_FORMAT_OF(2) INTL_FORMAT_OF(3);
char *textdomain(const char *domain);
char *bindtextdomain(const char *domain, const char *folder);
char *bind_textdomain_codeset(const char *domain, const char *codeset);

#undef INTL_FORMAT_OF
