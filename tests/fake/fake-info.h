/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-cpu.h"
#include "os-device.h"
#include "os-disk-stats.h"
#include "os-features.h"
#include "os-memory-block.h"
#include "os-network.h"
#include "os-route.h"
#include "os-system.h"
#include "os-users.h"

/* What the fake back end says about its system.  All pointers are borrowed from the test. */
typedef struct {
    const char *failure; /* not NULL: the next call of those that can fail does, saying this */
    GString *calls;      /* a line per call: the name of the function */

    OsSystemInfo system;
    const char *host_name;
    const char *boot_id;
    const char *zone; /* as for g_time_zone_new_identifier(); NULL: UTC */
    double load[3];

    const OsUser *users;
    guint n_users;

    const OsNetworkInterface *interfaces;
    guint n_interfaces;

    OsCpu *cpus; /* taken out of use and back on command, as far as they can be */
    guint n_cpus;
    const OsCpuTimes *cpu_times;
    guint n_cpu_times;

    OsMemoryBlock *blocks; /* the same */
    guint n_blocks;
    guint64 block_size;
    int refusal; /* not 0: error number of every change of a block */

    const OsDiskStats *disk_stats;
    guint n_disk_stats;

    const OsDevice *devices;
    guint n_devices;

    const OsRoute *routes;
    guint n_routes;

    gboolean absent[OS_FEATURE_DEVICES + 1]; /* by OsFeature */
} FakeInfo;

FakeInfo *fake_info(void);

/* An unnamed system with every feature, nobody there, no interface, no calls. */
void fake_info_reset(void);

/* For the fakes: notes the call of @function; FALSE and *error if it shall fail. */
gboolean fake_info_called(const char *function, GError **error);
