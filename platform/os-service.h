/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/*
 * The agent as a service that the system starts and stops: what --service does.  Where a package
 * brings the service's description (Linux: the systemd unit) there is nothing to do here and no
 * such option.
 */

/* The verb after which the agent's state is of no use to anybody. */
#define OS_SERVICE_UNINSTALL "uninstall"

/* What can be asked for, NULL at the end; none where there is nothing to do.  Windows: "install",
 * "uninstall", "vss-install", "vss-uninstall". */
const char *const *os_service_verbs(void);

/* The name a service gets if none is configured ("virtagent"); NULL where there are no verbs. */
const char *os_service_default_name(void);

/* Carries @verb out for the service called @name.  @arguments (NULL ends) are what the service is
 * to be started with.  Twice is once: installing what is there brings it up to date, removing what
 * is gone succeeds.  The error is a whole sentence for the user, who must be an administrator. */
gboolean os_service_do(const char *verb, const char *name, const char *const *arguments,
                       GError **error);
