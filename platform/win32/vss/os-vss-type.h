/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-freeze.h"
#include "os-vss-system.h"

/* What writers are told: @type, or what the registry has, or else a copy.  A full backup would have
 * SQL Server and Exchange end their log chains, which belong to whoever backs them up inside. */
VSS_BACKUP_TYPE os_vss_type(OsBackupType type, const wchar_t *const *settings);
