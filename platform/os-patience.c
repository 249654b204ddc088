/* SPDX-License-Identifier: Apache-2.0 */
#include "os-patience.h"

typedef struct {
    char *subject; /* NULL: none */
    OsAsk ask;
    gpointer data;
    GDestroyNotify destroy;
    GCond answered;
    gboolean done;
    gboolean abandoned; /* whoever asked has gone: the thread clears up */
} Question;

/* All that are unanswered, in the whole process: threads stuck in the kernel outlive any object
 * that could keep this book. */
static GMutex lock;
static Question *unanswered[OS_PATIENCE_MAX];

static void destroy_data(const Question *question)
{
    if (question->destroy)
        question->destroy(question->data);
}

static void question_free(Question *question)
{
    g_cond_clear(&question->answered);
    g_free(question->subject);
    g_free(question);
}

/* A free place; NULL if there is none, or one like it is being asked. */
static Question **find_place(const char *subject)
{
    Question **place = NULL;

    for (guint i = 0; i < OS_PATIENCE_MAX; i++) {
        if (!unanswered[i])
            place = &unanswered[i];
        else if (subject && g_strcmp0(unanswered[i]->subject, subject) == 0)
            return NULL;
    }
    return place;
}

static void leave_place(const Question *question)
{
    for (guint i = 0; i < OS_PATIENCE_MAX; i++) {
        if (unanswered[i] == question)
            unanswered[i] = NULL;
    }
}

static gpointer answer(gpointer data)
{
    Question *question = data;
    gboolean abandoned;

    question->ask(question->data);
    g_mutex_lock(&lock);
    leave_place(question);
    question->done = TRUE;
    abandoned = question->abandoned;
    g_cond_signal(&question->answered);
    g_mutex_unlock(&lock);
    if (abandoned) {
        destroy_data(question);
        question_free(question);
    }
    return NULL;
}

/* FALSE if it must not be asked, or no thread can be had. */
static gboolean begin(Question *question)
{
    GThread *thread = NULL;
    Question **place;

    g_mutex_lock(&lock);
    place = find_place(question->subject);
    if (place)
        thread = g_thread_try_new("patience", answer, question, NULL);
    if (thread) {
        *place = question;
        g_thread_unref(thread);
    }
    g_mutex_unlock(&lock);
    return thread != NULL;
}

static gboolean await(Question *question, guint milliseconds)
{
    gint64 end = g_get_monotonic_time() + milliseconds * (gint64)G_TIME_SPAN_MILLISECOND;
    gboolean done;

    g_mutex_lock(&lock);
    while (!question->done && g_cond_wait_until(&question->answered, &lock, end)) {}
    done = question->done;
    question->abandoned = !done;
    g_mutex_unlock(&lock);
    return done;
}

gboolean os_patience_about(const char *subject, OsAsk ask, gpointer data, GDestroyNotify destroy,
                           guint milliseconds)
{
    Question *question = g_new0(Question, 1);
    gboolean begun;

    *question = (Question){g_strdup(subject), ask, data, destroy};
    g_cond_init(&question->answered);
    begun = begin(question);
    if (begun && !await(question, milliseconds))
        return FALSE;
    if (!begun)
        destroy_data(question);
    question_free(question);
    return begun;
}

gboolean os_patience(OsAsk ask, gpointer data, GDestroyNotify destroy, guint milliseconds)
{
    return os_patience_about(NULL, ask, data, destroy, milliseconds);
}
