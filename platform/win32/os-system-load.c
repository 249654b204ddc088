/* SPDX-License-Identifier: Apache-2.0 */
#include "os-error.h"
#include "os-load.h"
#include "os-system.h"

#include <pdh.h>

#define UNASKED_MAX (15 * 60 * G_USEC_PER_SEC) /* then the sampling ends */

/* Windows keeps no load: it has to be sampled.  The question comes without any object that could
 * own the samples, and reading a counter may load libraries and wait, so a thread of the process
 * does it, from the first question on and for as long as there are questions. */
static struct {
    GMutex mutex; /* guards all of this */
    gboolean runs;
    gint64 asked; /* monotonic time of the last question */
    int failure;  /* why the last thread ended: PDH_STATUS, 0 if nobody asked any more */
    OsLoad load;
} sampler;

/* What a sample is made of: the programs that wait for a processor, and those that have one. */
typedef struct {
    PDH_HQUERY query;
    PDH_HCOUNTER queue;
    GArray *times; /* of OsCpuTimes, at the last sample */
} Reading;

static void reading_close(Reading *reading)
{
    if (reading->query)
        PdhCloseQuery(reading->query);
    if (reading->times)
        g_array_unref(reading->times);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Reading, reading_close)

/* By its English name, which is the same whatever language Windows speaks. */
static PDH_STATUS reading_open(Reading *reading)
{
    PDH_STATUS status = PdhOpenQueryW(NULL, 0, &reading->query);
    if (status == ERROR_SUCCESS)
        status = PdhAddEnglishCounterW(reading->query, L"\\System\\Processor Queue Length", 0,
                                       &reading->queue);
    reading->times = os_cpu_times(NULL);
    return status;
}

static double running(Reading *reading)
{
    GArray *before = reading->times, *now = os_cpu_times(NULL);
    double count = before && now ? os_load_running(before, now) : 0;

    reading->times = now;
    if (before)
        g_array_unref(before);
    return count;
}

static PDH_STATUS reading_take(Reading *reading, double *tasks)
{
    PDH_FMT_COUNTERVALUE value;
    PDH_STATUS status = PdhCollectQueryData(reading->query);

    if (status == ERROR_SUCCESS)
        status = PdhGetFormattedCounterValue(reading->queue, PDH_FMT_DOUBLE, NULL, &value);
    if (status == ERROR_SUCCESS)
        *tasks = value.doubleValue + running(reading);
    return status;
}

/* FALSE if the thread is to end, which leaves nothing of its samples. */
static gboolean note(PDH_STATUS status, double tasks)
{
    gboolean runs;

    g_mutex_lock(&sampler.mutex);
    os_load_add(&sampler.load, tasks);
    sampler.failure = (int)status;
    sampler.runs = status == ERROR_SUCCESS && g_get_monotonic_time() - sampler.asked < UNASKED_MAX;
    if (!sampler.runs)
        sampler.load = (OsLoad){0};
    runs = sampler.runs;
    g_mutex_unlock(&sampler.mutex);
    return runs;
}

static gpointer sample(gpointer unused)
{
    g_auto(Reading) reading = {0};
    PDH_STATUS status = reading_open(&reading);
    double tasks = 0;

    do {
        if (status == ERROR_SUCCESS) {
            g_usleep(OS_LOAD_PERIOD * G_USEC_PER_SEC);
            status = reading_take(&reading, &tasks);
        }
    } while (note(status, tasks));
    return NULL;
}

/* With the mutex.  What ended the last thread is told once; then a new one tries its luck. */
static int ask(double means[3])
{
    int failure = sampler.runs ? 0 : sampler.failure;

    sampler.asked = g_get_monotonic_time();
    os_load_means(&sampler.load, means);
    sampler.failure = 0;
    if (!sampler.runs && failure == 0) {
        GThread *thread = g_thread_try_new("load", sample, NULL, NULL);
        sampler.runs = thread != NULL;
        if (thread)
            g_thread_unref(thread);
    }
    return failure;
}

/* The first answer is zeros, as is any in the first five seconds after it. */
gboolean os_system_load(double load[3], GError **error)
{
    double means[3];
    int failure;

    g_mutex_lock(&sampler.mutex);
    failure = ask(means);
    g_mutex_unlock(&sampler.mutex);
    if (failure != 0)
        return os_error_code(error, failure, "failed to read the length of the processor queue");
    for (guint i = 0; i < G_N_ELEMENTS(means); i++)
        load[i] = means[i];
    return TRUE;
}
