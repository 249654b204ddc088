/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-stream.h"

/*
 * A stream whose other end is the test.  What can be read, and how much of a write is taken, is
 * scripted beforehand; what was written is kept.  Nothing happens by itself: the test calls
 * fake_stream_settle(), or fake_stream_wake() for a single call of the watcher.
 *
 * A FakeStream belongs to the test and outlives its OsStream, so that a test can look at what a
 * session left behind after it has closed its stream.
 */
typedef struct FakeStream FakeStream;

FakeStream *fake_stream_new(void);
/* The OsStream must have been freed, or must not be used again; NULL is fine. */
void fake_stream_free(FakeStream *fake);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FakeStream, fake_stream_free)

/* Our end, the same at each call: what a session owns.  Freeing it is seen by
 * fake_stream_is_closed(). */
OsStream *fake_stream_end(FakeStream *fake);
gboolean fake_stream_is_closed(const FakeStream *fake);

/* Reading.  Each call queues something to happen after all that was queued before; with nothing
 * queued a read answers AGAIN.  One read never goes beyond one cut. */
void fake_stream_feed(FakeStream *fake, const void *bytes, gsize length);
void fake_stream_feed_text(FakeStream *fake, const char *text);
/* The same in cuts of @cut bytes, the last one shorter. */
void fake_stream_feed_cut(FakeStream *fake, const void *bytes, gsize length, gsize cut);
void fake_stream_feed_again(FakeStream *fake);                       /* one AGAIN in between */
void fake_stream_feed_end(FakeStream *fake);                         /* END, for ever */
void fake_stream_feed_failure(FakeStream *fake, const char *reason); /* FAILED, for ever */
/* TRUE if everything queued has been read (END or a failure: answered at least once). */
gboolean fake_stream_is_drained(const FakeStream *fake);

/* Writing.  Without limits everything is taken. */
void fake_stream_limit_write(FakeStream *fake, gsize most); /* bytes per write */
void fake_stream_limit_total(FakeStream *fake, gsize most); /* bytes from now on, then AGAIN */
void fake_stream_end_writes(FakeStream *fake);              /* END from now on */
void fake_stream_fail_writes(FakeStream *fake, const char *reason); /* FAILED from now on */

/* What has been written since the start or the last fake_stream_forget(). */
const GString *fake_stream_written(const FakeStream *fake);
guint fake_stream_writes(const FakeStream *fake); /* calls that moved bytes */
/* The memory that the last write came from, to compare with only. */
const void *fake_stream_last_buffer(const FakeStream *fake);
void fake_stream_forget(FakeStream *fake);

/* What is being watched; OS_WATCH_NONE at first and after the stream was closed. */
OsWatch fake_stream_watched(const FakeStream *fake);
/* Calls the watcher once, whether or not it has something to do; FALSE if nobody watches. */
gboolean fake_stream_wake(FakeStream *fake);
/* Calls the watcher as a main loop would, until nothing it watches for can be done; returns how
 * often.  A watcher that never gets done with it fails the test. */
guint fake_stream_settle(FakeStream *fake);

/* What os_stream_half_closes() answers; TRUE at first. */
void fake_stream_set_half_closes(FakeStream *fake, gboolean half_closes);
