/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-vss-system.h"

/* A stand-in for vssapi.dll: each call succeeds, or fails if told to, and is written down.  The
 * snapshot is the work of the real provider's code, on a thread of its own. */
typedef struct {
    const char *fail_at; /* the name of the call; NULL: none */
    HRESULT fail_code;
    gint fail_times;        /* atomic; how often; negative: always */
    gboolean never_holds;   /* the snapshot goes on and on without asking the provider */
    gboolean never_ends;    /* likewise after the thaw, until .ends is set */
    gint ends;              /* atomic */
    gint stuck;             /* atomic; making a backup waits while it is not 0 */
    guint hold_ms;          /* the provider's limit */
    HRESULT end_code;       /* of the snapshot after the thaw; 0: success */
    VSS_WRITER_STATE state; /* of the writer */
    HRESULT writer_failure; /* likewise */
    GString *calls;         /* each with a blank after it, but for what is only asked */
    GMutex lock;            /* guards .calls */
    gint objects;           /* atomic; that have not been released */
    gint holding;           /* atomic; the provider is at it */
    LONG context;           /* the last one set */
    VSS_BACKUP_TYPE type;
    boolean by_component;
    gboolean ours; /* the provider that was asked for is ours */
} FakeVss;

/* There is one, as there is one DLL. */
extern FakeVss fake_vss;

/* As in the beginning. */
void fake_vss_reset(void);

HRESULT fake_vss_create(IVssBackupComponents **backup);

/* A copy; free with g_free(). */
char *fake_vss_calls(void);
