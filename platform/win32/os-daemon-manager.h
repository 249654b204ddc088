/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* What the service manager is told and what it asks for.  One per process, as Windows has it. */
typedef struct OsManager OsManager;

/* From the manager's thread, with a lock held: only to pass it on.  @why: "service stop"; NULL for
 * "parameter change". */
typedef void (*OsManagerControl)(const char *why, gpointer data);

/* Returns once the manager knows us: the service is about to start then.  NULL and *error if it was
 * not the manager that started this process. */
OsManager *os_manager_connect(OsManagerControl control, gpointer data, GError **error);

void os_manager_running(OsManager *manager);

/* The service has ended: well if a stop had been asked for, else as a failure, which lets the
 * manager do what is configured for that (MSDN, "SERVICE_FAILURE_ACTIONS_FLAG").  Frees; NULL is
 * fine. */
void os_manager_stopped(OsManager *manager);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OsManager, os_manager_stopped)
