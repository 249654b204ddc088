/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-freeze.h"
#include "os-vss-events.h"
#include "os-vss-system.h"

/*
 * One backup, as VSS calls it: from the first call to the moment at which writes are held, and from
 * there to its end.  All on one thread, which has entered COM; objects of VSS cannot be used twice,
 * so another try is another backup.
 */

/* What is to be frozen. */
typedef struct {
    GPtrArray *volumes; /* of wchar_t *, "\\?\Volume{...}\" */
    GPtrArray *names;   /* of char *, what people call them, in the same order */
    VSS_BACKUP_TYPE type;
    gboolean with_writers;
    gboolean whole; /* these are all volumes: writers can be told of all their components */
} OsVssOrder;

void os_vss_order_free(OsVssOrder *order);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OsVssOrder, os_vss_order_free)

typedef struct {
    const OsVssSystem *system;
    const OsVssOrder *order;
    const gint *cancel; /* atomic; not 0: to be given up */
    gint64 deadline;    /* monotonic */

    OsVssEvents events; /* none until VSS works for us and nobody else */

    IVssBackupComponents *components; /* VSS's; NULL until there is one */
    IVssAsync *snapshot;              /* NULL until VSS is asked to hold writes */
    GPtrArray *selected;              /* of OsVssComponent; NULL: none */
    const char *name;                 /* the volume that could not be added */
    gboolean succeeded;               /* as VSS sees it: from the freeze to the thaw */
} OsVssBackup;

/* Until writes are held.  If it fails, os_vss_backup_abort() is to follow; .code is why. */
gboolean os_vss_backup_hold(OsVssBackup *backup, HRESULT *code, GError **error);

/* TRUE: the failure is one of those that pass. */
gboolean os_vss_backup_may_retry(HRESULT code);

/* Lets writes go on, and waits for it.  OS_FREEZE_DONE: they were held until then; or
 * OS_FREEZE_BROKEN, also if VSS does not answer, as the system has let them go meanwhile. */
OsFreezeOutcome os_vss_backup_release(OsVssBackup *backup, GError **error);

/* Tells the writers that it is over, and whether it succeeded, and forgets all. */
void os_vss_backup_complete(OsVssBackup *backup);

/* Ends it wherever it is, and forgets all. */
void os_vss_backup_abort(OsVssBackup *backup);
