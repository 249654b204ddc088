/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "dispatch.h"

/*
 * A lane carries out requests strictly one after the other, in the order they were pushed.  Those
 * that may block run on its one worker thread, started when first needed; the others, and the books
 * of all, run on the main thread, as does everything that is called from outside.
 *
 * A worker can get stuck in the kernel.  Then the lane is left behind: it goes on by itself, its
 * answers are dropped, its effects stand, and it frees itself once it has nothing left to do.
 */
typedef struct VaLane VaLane;

/* Lanes that may be stuck at a time, in the whole agent.  While that many are, nothing that may
 * block is begun on another lane that has no thread yet. */
#define VA_LANES_STUCK_MAX 16u

/* @request is finished and belongs to the callee; called in order, maybe from within
 * va_lane_push() and va_lane_hold(). */
typedef void (*VaLaneDone)(VaRequest *request, gpointer data);

VaLane *va_lane_new(VaAgent *agent, VaLaneDone finished, gpointer data);

/* Takes @request. */
void va_lane_push(VaLane *lane, VaRequest *request);

/* Nothing new is begun while on hold: the peer does not read its answers. */
void va_lane_hold(VaLane *lane, gboolean hold);

/* Requests not finished yet, and the weight of those not begun. */
guint va_lane_length(const VaLane *lane);
gsize va_lane_weight(const VaLane *lane);

/* TRUE if a sync waits behind something. */
gboolean va_lane_sync_waits(const VaLane *lane);

/* Leaves @lane behind with what runs and what waits before the first sync; a new lane, on hold if
 * @lane was, has the sync and what follows it, not begun: see va_lane_hold(). */
VaLane *va_lane_split(VaLane *lane);

/* Leaves @lane behind whole; NULL is fine. */
void va_lane_leave(VaLane *lane);
