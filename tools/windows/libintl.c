/* SPDX-License-Identifier: Apache-2.0 */
#include "libintl.h"

char *gettext(const char *id)
{
    return (char *)id;
}

char *dgettext(const char *domain, const char *id)
{
    (void)domain;
    return (char *)id;
}

char *dcgettext(const char *domain, const char *id, int category)
{
    (void)domain, (void)category;
    return (char *)id;
}

char *ngettext(const char *id, const char *plural, unsigned long n)
{
    return (char *)(n == 1 ? id : plural);
}

char *dngettext(const char *domain, const char *id, const char *plural, unsigned long n)
{
    (void)domain;
    return ngettext(id, plural, n);
}

char *dcngettext(const char *domain, const char *id, const char *plural, unsigned long n,
                 int category)
{
    (void)category;
    return dngettext(domain, id, plural, n);
}

char *textdomain(const char *domain)
{
    return (char *)(domain ? domain : "messages");
}

char *bindtextdomain(const char *domain, const char *folder)
{
    (void)domain;
    return (char *)folder;
}

char *bind_textdomain_codeset(const char *domain, const char *codeset)
{
    (void)domain;
    return (char *)codeset;
}
