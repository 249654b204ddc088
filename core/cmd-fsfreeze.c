/* SPDX-License-Identifier: Apache-2.0 */
#include "agent.h"
#include "error.h"
#include "schema-commands.h"

/* The freeze is the agent's; that it is used by one command at a time is seen to by their turn. */

VaFreeze *cmd_fsfreeze_status_take(VaAgent *agent, GError **error)
{
    return va_agent_freeze(agent);
}

gboolean cmd_fsfreeze_status(VaFreeze *freeze, GuestFsfreezeStatus *status, GError **error)
{
    *status =
        va_freeze_is_frozen(freeze) ? GUEST_FSFREEZE_STATUS_FROZEN : GUEST_FSFREEZE_STATUS_THAWED;
    return TRUE;
}

gboolean cmd_fsfreeze_status_give(VaAgent *agent, VaFreeze *freeze, GuestFsfreezeStatus *status,
                                  gboolean done, GError **error)
{
    return TRUE;
}

static VaFreeze *begin(VaAgent *agent, gboolean has_limit, gint64 limit, GError **error)
{
    VaFreeze *freeze = va_agent_freeze(agent);

    if (has_limit && (limit < 0 || limit > VA_CONFIG_SECONDS_MAX)) {
        va_fail(error, "value '%" G_GINT64_FORMAT "' is invalid for argument virtagent-time-limit",
                limit);
        return NULL;
    }
    return va_freeze_begin(freeze, error) ? freeze : NULL;
}

VaFreeze *cmd_fsfreeze_freeze_take(VaAgent *agent, const GuestFsfreezeFreezeIn *in, GError **error)
{
    return begin(agent, in->has_virtagent_time_limit, in->virtagent_time_limit, error);
}

static OsBackupType backup_type(gboolean given, VirtagentBackupType type)
{
    static const OsBackupType types[] = {
        [VIRTAGENT_BACKUP_TYPE_COPY] = OS_BACKUP_COPY,
        [VIRTAGENT_BACKUP_TYPE_FULL] = OS_BACKUP_FULL,
        [VIRTAGENT_BACKUP_TYPE_INCREMENTAL] = OS_BACKUP_INCREMENTAL,
        [VIRTAGENT_BACKUP_TYPE_DIFFERENTIAL] = OS_BACKUP_DIFFERENTIAL,
        [VIRTAGENT_BACKUP_TYPE_LOG] = OS_BACKUP_LOG,
    };
    return given ? types[type] : OS_BACKUP_DEFAULT;
}

gboolean cmd_fsfreeze_freeze(VaFreeze *freeze, const GuestFsfreezeFreezeIn *in, gint64 *count,
                             GError **error)
{
    const VaFreezeRequest request = {
        .limit = in->has_virtagent_time_limit ? in->virtagent_time_limit : -1,
        .backup_type = backup_type(in->has_virtagent_backup_type, in->virtagent_backup_type),
        .without_writers = in->has_virtagent_writers && !in->virtagent_writers,
    };
    return va_freeze_freeze(freeze, &request, count, error);
}

gboolean cmd_fsfreeze_freeze_give(VaAgent *agent, VaFreeze *freeze, gint64 *count, gboolean done,
                                  GError **error)
{
    va_freeze_end(freeze);
    return TRUE;
}

VaFreeze *cmd_fsfreeze_freeze_list_take(VaAgent *agent, const GuestFsfreezeFreezeListIn *in,
                                        GError **error)
{
    return begin(agent, in->has_virtagent_time_limit, in->virtagent_time_limit, error);
}

gboolean cmd_fsfreeze_freeze_list(VaFreeze *freeze, const GuestFsfreezeFreezeListIn *in,
                                  gint64 *count, GError **error)
{
    const VaFreezeRequest request = {
        .paths = in->mountpoints,
        .limit = in->has_virtagent_time_limit ? in->virtagent_time_limit : -1,
        .backup_type = backup_type(in->has_virtagent_backup_type, in->virtagent_backup_type),
        .without_writers = in->has_virtagent_writers && !in->virtagent_writers,
    };
    return va_freeze_freeze(freeze, &request, count, error);
}

gboolean cmd_fsfreeze_freeze_list_give(VaAgent *agent, VaFreeze *freeze, gint64 *count,
                                       gboolean done, GError **error)
{
    va_freeze_end(freeze);
    return TRUE;
}

VaFreeze *cmd_fsfreeze_thaw_take(VaAgent *agent, GError **error)
{
    return va_agent_freeze(agent);
}

gboolean cmd_fsfreeze_thaw(VaFreeze *freeze, gint64 *count, GError **error)
{
    return va_freeze_thaw(freeze, count, error);
}

gboolean cmd_fsfreeze_thaw_give(VaAgent *agent, VaFreeze *freeze, gint64 *count, gboolean done,
                                GError **error)
{
    va_freeze_thawed(freeze);
    return TRUE;
}

static VirtagentFsfreezeState state_of(const VaFreezeItem *item)
{
    static const VirtagentFsfreezeState states[] = {
        [VA_FREEZE_PLANNED] = VIRTAGENT_FSFREEZE_STATE_SKIPPED,
        [VA_FREEZE_FREEZING] = VIRTAGENT_FSFREEZE_STATE_FREEZING,
        [VA_FREEZE_FROZEN] = VIRTAGENT_FSFREEZE_STATE_FROZEN,
        [VA_FREEZE_THAWING] = VIRTAGENT_FSFREEZE_STATE_FROZEN,
        [VA_FREEZE_THAWED] = VIRTAGENT_FSFREEZE_STATE_THAWED,
        [VA_FREEZE_SKIPPED] = VIRTAGENT_FSFREEZE_STATE_SKIPPED,
        [VA_FREEZE_FAILED] = VIRTAGENT_FSFREEZE_STATE_FAILED,
    };
    return states[item->state];
}

static char *reason_of(const VaFreezeItem *item)
{
    if (item->reason || item->problem)
        return g_strdup(item->reason ? item->reason : item->problem);
    return item->state == VA_FREEZE_PLANNED ? g_strdup("the freeze did not get that far") : NULL;
}

static VirtagentFsfreezeFilesystem *report_item(const VaFreezeItem *item)
{
    VirtagentFsfreezeFilesystem *entry = g_new0(VirtagentFsfreezeFilesystem, 1);

    entry->mountpoint = g_strdup(item->filesystem->mountpoint);
    entry->device = g_strdup(item->filesystem->device);
    entry->type = g_strdup(item->filesystem->type);
    entry->state = state_of(item);
    entry->reason = reason_of(item);
    entry->has_write_out_ms = item->write_out_ms >= 0;
    entry->write_out_ms = item->write_out_ms;
    entry->has_freeze_ms = item->freeze_ms >= 0;
    entry->freeze_ms = item->freeze_ms;
    entry->has_thaw_ms = item->thaw_ms >= 0;
    entry->thaw_ms = item->thaw_ms;
    return entry;
}

static VirtagentFsfreezeHook *report_hook(const VaHookResult *result)
{
    VirtagentFsfreezeHook *entry = g_new0(VirtagentFsfreezeHook, 1);

    entry->path = g_strdup(result->path);
    entry->phase = g_strdup(va_hook_phase_name(result->phase));
    entry->milliseconds = result->milliseconds;
    entry->problem = g_strdup(result->problem);
    return entry;
}

static VirtagentFsfreezeWriter *report_writer(const OsFreezeWriter *writer)
{
    VirtagentFsfreezeWriter *entry = g_new0(VirtagentFsfreezeWriter, 1);

    entry->name = g_strdup(writer->name);
    entry->id = g_strdup(writer->id);
    entry->state = g_strdup(writer->state);
    entry->problem = g_strdup(writer->problem);
    return entry;
}

static VirtagentFsfreezeEnd end_of(VaFreezeEnd ended_by)
{
    static const VirtagentFsfreezeEnd ends[] = {
        [VA_FREEZE_BY_THAW] = VIRTAGENT_FSFREEZE_END_THAW,
        [VA_FREEZE_BY_LIMIT] = VIRTAGENT_FSFREEZE_END_TIME_LIMIT,
        [VA_FREEZE_BY_STOP] = VIRTAGENT_FSFREEZE_END_STOP,
        [VA_FREEZE_BY_FAILURE] = VIRTAGENT_FSFREEZE_END_FAILURE,
    };
    return ends[ended_by];
}

static void report(const VaFreezeView *view, gpointer data)
{
    VirtagentFsfreezeReport *made = data;

    made->status = view->frozen ? GUEST_FSFREEZE_STATUS_FROZEN : GUEST_FSFREEZE_STATUS_THAWED;
    made->inherited = view->inherited;
    made->has_held_ms = view->held_ms >= 0;
    made->held_ms = view->held_ms;
    made->has_time_limit = view->limit > 0;
    made->time_limit = view->limit;
    made->has_ended_by = view->ended;
    made->ended_by = end_of(view->ended_by);
    for (guint i = 0; view->plan && i < view->plan->items->len; i++)
        g_ptr_array_add(made->filesystems, report_item(view->plan->items->pdata[i]));
    for (guint i = 0; view->hooks && i < view->hooks->len; i++)
        g_ptr_array_add(made->hooks, report_hook(view->hooks->pdata[i]));
    if (view->writers)
        made->writers = g_ptr_array_new();
    for (guint i = 0; view->writers && i < view->writers->len; i++)
        g_ptr_array_add(made->writers, report_writer(view->writers->pdata[i]));
}

VaFreeze *cmd_virtagent_fsfreeze_report_take(VaAgent *agent, GError **error)
{
    return va_agent_freeze(agent);
}

gboolean cmd_virtagent_fsfreeze_report(VaFreeze *freeze, VirtagentFsfreezeReport **out,
                                       GError **error)
{
    VirtagentFsfreezeReport *made = g_new0(VirtagentFsfreezeReport, 1);

    made->filesystems = g_ptr_array_new();
    made->hooks = g_ptr_array_new();
    va_freeze_inspect(freeze, report, made);
    *out = made;
    return TRUE;
}

gboolean cmd_virtagent_fsfreeze_report_give(VaAgent *agent, VaFreeze *freeze,
                                            VirtagentFsfreezeReport **out, gboolean done,
                                            GError **error)
{
    return TRUE;
}
