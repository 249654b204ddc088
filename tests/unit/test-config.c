/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "fake-daemon.h"
#include "fake-service.h"
#include "key-file.h"
#include "os-channel.h"

#include <glib/gstdio.h>
#include <string.h>

/* A directory for the configuration files of one test; nothing outside of it is read.  Its name has
 * no backslashes, which load() would take for quoting. */
typedef struct {
    char *dir;
    char *file;
} Place;

static void set_up(Place *place, gconstpointer data)
{
    fake_daemon_reset();
    fake_service_offer(FALSE);
    g_unsetenv("QGA_CONF");
    place->dir = g_strdelimit(g_dir_make_tmp("virtagent-XXXXXX", NULL), "\\", '/');
    place->file = g_strconcat(place->dir, "/agent.conf", NULL);
}

static void tear_down(Place *place, gconstpointer data)
{
    g_unsetenv("QGA_CONF");
    g_remove(place->file);
    g_assert_cmpint(g_rmdir(place->dir), ==, 0);
    g_free(place->file);
    g_free(place->dir);
}

static void store(Place *place, const char *text)
{
    g_assert_true(g_file_set_contents(place->file, text, -1, NULL));
}

/* Loads with the command line @line, cut at blanks: "" is no word, "''" an empty one. */
static VaConfigAction load(const char *line, VaConfig **config, GError **error)
{
    g_autofree char *whole = g_strconcat("virtagent ", line, NULL);
    g_auto(GStrv) argv = NULL;
    int argc = 0;
    g_assert_true(g_shell_parse_argv(whole, &argc, &argv, NULL));
    return va_config_load(argc, argv, config, error);
}

static VaConfig *must_load(const char *line)
{
    VaConfig *config = NULL;
    g_autoptr(GError) error = NULL;
    VaConfigAction action = load(line, &config, &error);
    g_assert_no_error(error);
    g_assert_true(action == VA_CONFIG_RUN || action == VA_CONFIG_DUMP);
    return config;
}

static void must_fail(const char *line, const char *expected)
{
    VaConfig *config = NULL;
    g_autoptr(GError) error = NULL;
    g_assert_cmpint(load(line, &config, &error), ==, VA_CONFIG_FAILED);
    g_assert_null(config);
    g_assert_nonnull(error);
    g_assert_cmpstr(error->message, ==, expected);
}

static void must_fail_loading(Place *place, const char *text, const char *reason)
{
    store(place, text);
    g_setenv("QGA_CONF", place->file, TRUE);
    g_autofree char *expected =
        g_strdup_printf("error loading configuration from path: %s, %s", place->file, reason);
    must_fail("", expected);
}

static void check_names(const GPtrArray *names, const char *expected)
{
    g_autoptr(GString) joined = g_string_new(NULL);
    for (guint i = 0; names && i < names->len; i++)
        g_string_append_printf(joined, "<%s>", (const char *)g_ptr_array_index(names, i));
    g_assert_cmpstr(joined->str, ==, expected);
}

static void check_block(const char *line, const char *expected)
{
    g_autoptr(VaConfig) config = must_load(line);
    check_names(config->block_rpcs, expected);
}

static void check_hook(const char *line, const char *expected)
{
    g_autoptr(VaConfig) config = must_load(line);
    g_assert_cmpstr(config->fsfreeze_hook, ==, expected);
}

static void check_dump(const char *line, const char *expected)
{
    g_autoptr(VaConfig) config = must_load(line);
    g_autofree char *dump = va_config_dump(config);
    g_assert_cmpstr(dump, ==, expected);
}

static void without_anything_the_defaults_hold(Place *place, gconstpointer data)
{
    g_autoptr(VaConfig) config = must_load("");
    g_assert_cmpstr(config->method, ==, "virtio-serial");
    g_assert_cmpstr(config->path, ==, os_channel_default_path("virtio-serial"));
    g_assert_cmpstr(config->pid_file, ==, "/run/fake.pid");
    g_assert_cmpstr(config->state_dir, ==, "/run/fake");
    g_assert_null(config->log_file);
    g_assert_null(config->fsfreeze_hook);
    g_assert_null(config->block_rpcs);
    g_assert_null(config->allow_rpcs);
    g_assert_null(config->file);
    g_assert_false(config->daemonize || config->verbose || config->retry_path);
    g_assert_cmpuint(config->warnings->len, ==, 0);
    g_assert_cmpuint(va_config_vsock_peer(config), ==, OS_VSOCK_HOST);
}

static void every_option_has_its_long_and_short_form(Place *place, gconstpointer data)
{
    static const char *const lines[] = {
        "-m unix-listen -p /p -l /l -f /f -F/h -t /t -v -d -r -b x -a y",
        "-munix-listen -p/p -l/l -f/f -F /h -t/t -vdr -bx -ay",
        "-vdmunix-listen -p /p -l /l -f /f -rF/h -t /t -b x -a y",
        "--method=unix-listen --path=/p --logfile=/l --pidfile=/f --fsfreeze-hook=/h --statedir=/t "
        "--verbose --daemonize --retry-path --block-rpcs=x --allow-rpcs=y",
        "--method unix-listen --path /p --logfile /l --pidfile /f --fsfreeze-hook /h --statedir /t "
        "--verbose --daemonize --retry-path --block-rpcs x --allow-rpcs y --",
    };
    for (guint i = 0; i < G_N_ELEMENTS(lines); i++)
        check_dump(lines[i], "[general]\ndaemon=true\nmethod=unix-listen\npath=/p\nlogfile=/l\n"
                             "pidfile=/f\nfsfreeze-hook=/h\nstatedir=/t\nverbose=true\n"
                             "retry-path=true\nblock-rpcs=x\nallow-rpcs=y\n");
}

static void the_freeze_can_be_limited(Place *place, gconstpointer data)
{
    g_autoptr(VaConfig) config = must_load("");
    g_assert_cmpuint(va_config_freeze_limit(config), ==, 600);
    g_assert_cmpuint(va_config_hook_limit(config), ==, 120);
    g_clear_pointer(&config, va_config_free);

    config = must_load("--fsfreeze-time-limit=0 --fsfreeze-hook-time-limit 86400 "
                       "'--fsfreeze-skip=/a;/b'");
    g_assert_cmpuint(va_config_freeze_limit(config), ==, 0);
    g_assert_cmpuint(va_config_hook_limit(config), ==, 86400);
    g_assert_cmpuint(config->freeze_skip->len, ==, 2);
    must_fail("--fsfreeze-time-limit=-1", "command line: fsfreeze-time-limit must be a number of "
                                          "seconds up to 86400, not '-1'");
    must_fail("--fsfreeze-hook-time-limit=1m", "command line: fsfreeze-hook-time-limit must be a "
                                               "number of seconds up to 86400, not '1m'");
}

static void a_word_that_is_not_understood_is_named(Place *place, gconstpointer data)
{
    must_fail("word", "unexpected argument 'word'; --help lists the options");
    must_fail("-v -- -d", "unexpected argument '-d'; --help lists the options");
    must_fail("-", "unexpected argument '-'; --help lists the options");
    must_fail("--nosuch=1", "unknown option '--nosuch=1'; --help lists the options");
    must_fail("--verb", "unknown option '--verb'; --help lists the options");
    must_fail("--=x", "unknown option '--=x'; --help lists the options");
    must_fail("-vx", "unknown option in '-vx'; --help lists the options");
    must_fail("-s install", "unknown option in '-s'; --help lists the options");
    must_fail("--service=install", "unknown option '--service=install'; --help lists the options");
    must_fail("--service-name=x", "unknown option '--service-name=x'; --help lists the options");
    must_fail("--verbose=yes", "no value may follow in '--verbose=yes'; --help lists the options");
    must_fail("--path", "a value is missing after '--path'; --help lists the options");
    must_fail("-dp", "a value is missing after '-dp'; --help lists the options");
    must_fail("-v \"a'\n\xff\"", "unexpected argument 'a\\'\\x0a\\xff'; --help lists the options");
}

static void an_empty_word_is_nothing(Place *place, gconstpointer data)
{
    g_autoptr(VaConfig) config = must_load("'' -v ''");
    g_assert_true(config->verbose);
}

static void the_hook_may_come_without_a_path(Place *place, gconstpointer data)
{
    check_hook("-F", "/etc/fake-hook");
    check_hook("-F -v", "/etc/fake-hook");
    check_hook("--fsfreeze-hook", "/etc/fake-hook");
    check_hook("--fsfreeze-hook=", "/etc/fake-hook");
    check_hook("-F/a", "/a");
    check_hook("-F /a", "/a");
    check_hook("--fsfreeze-hook /a", "/a");
    must_fail("-F a", "unexpected argument 'a'; --help lists the options");
}

static void lists_split_on_commas_and_semicolons(Place *place, gconstpointer data)
{
    check_block("-b a,b", "<a><b>");
    check_block("-b 'a;b,c'", "<a><b><c>");
    check_block("-b ' a , b c ;; '", "<a><b c>");
    must_fail("-b ''", "command line: block-rpcs needs at least one name");
    must_fail("-b ' ;,'", "command line: block-rpcs needs at least one name");
    must_fail("-a ''", "command line: allow-rpcs needs at least one name");
}

static void lists_add_up_over_all_sources(Place *place, gconstpointer data)
{
    store(place, "[general]\nblock-rpcs=a\nblock-rpcs=b\nblacklist=c\nallow-rpcs=x\n");
    g_setenv("QGA_CONF", place->file, TRUE);
    g_autoptr(VaConfig) config = must_load("-b d --blacklist=e -a y -a z");
    check_names(config->block_rpcs, "<a><b><c><d><e>");
    check_names(config->allow_rpcs, "<x><y><z>");
}

static void the_command_line_wins_over_the_file(Place *place, gconstpointer data)
{
    store(place, "[general]\nmethod=unix-listen\npath=/file\nlogfile=/log\nverbose=1\n");
    g_setenv("QGA_CONF", place->file, TRUE);
    g_autoptr(VaConfig) config = must_load("-p /first -p /line -l ''");
    g_assert_cmpstr(config->path, ==, "/line");
    g_assert_cmpstr(config->method, ==, "unix-listen");
    g_assert_null(config->log_file);
    g_assert_true(config->verbose);
    g_assert_cmpstr(config->file, ==, place->file);
}

static void the_file_is_found_in_its_order(Place *place, gconstpointer data)
{
    store(place, "[general]\nstatedir=/found\n");
    g_autofree char *missing = g_build_filename(place->dir, "missing", NULL);
    fake_daemon()->defaults.config_files[0] = missing;
    fake_daemon()->defaults.config_files[1] = place->file;
    g_autoptr(VaConfig) second = must_load("");
    g_assert_cmpstr(second->state_dir, ==, "/found");
    g_assert_cmpstr(second->file, ==, place->file);

    g_setenv("QGA_CONF", "", TRUE);
    g_autoptr(VaConfig) none = must_load("");
    g_assert_cmpstr(none->state_dir, ==, "/run/fake");
    g_assert_null(none->file);
    g_assert_cmpuint(none->warnings->len, ==, 0);

    g_setenv("QGA_CONF", missing, TRUE);
    g_autoptr(VaConfig) gone = must_load("");
    g_assert_null(gone->file);
    g_assert_cmpuint(gone->warnings->len, ==, 1);

    g_autofree char *line = g_strdup_printf("-c %s", place->file);
    g_autoptr(VaConfig) asked = must_load(line);
    g_assert_cmpstr(asked->state_dir, ==, "/found");
}

static void the_first_default_file_hides_the_second(Place *place, gconstpointer data)
{
    store(place, "[general]\nstatedir=/found\n");
    fake_daemon()->defaults.config_files[0] = place->file;
    fake_daemon()->defaults.config_files[1] = place->dir;
    g_autoptr(VaConfig) config = must_load("");
    g_assert_cmpstr(config->state_dir, ==, "/found");
}

static void a_file_asked_for_must_exist(Place *place, gconstpointer data)
{
    must_fail("-c /no/such", "error loading configuration from path: /no/such, "
                             "No such file or directory");
    must_fail("-c ''", "command line: config needs a file name, not an empty one");
}

static void only_regular_files_are_read(Place *place, gconstpointer data)
{
    if (G_DIR_SEPARATOR == '/')
        must_fail("-c /dev/null", "error loading configuration from path: /dev/null, "
                                  "not a regular file");
    g_setenv("QGA_CONF", "/", TRUE);
    must_fail("", "error loading configuration from path: /, not a regular file");
}

static void broken_files_are_refused_with_the_line(Place *place, gconstpointer data)
{
    must_fail_loading(place, "daemon=true\n",
                      "line 1: the file does not start with a group, [general]");
    must_fail_loading(place, "[general\n", "line 1: group name without ']'");
    must_fail_loading(place, "[", "line 1: group name without ']'");
    must_fail_loading(place, "# c\n[general]\n\nword\n",
                      "line 4: neither a group, a comment nor key=value");
    must_fail_loading(place, "[general]\ndaemon=yes\n",
                      "line 2: daemon must be true or false, not 'yes'");
    must_fail_loading(place, "[general]\npath=\\x\n",
                      "line 2: path has an invalid escape sequence");
    must_fail_loading(place, "[general]\npath=a\\\n",
                      "line 2: path has an invalid escape sequence");
    must_fail_loading(place, "[general]\nblock-rpcs=,\n",
                      "line 2: block-rpcs needs at least one name");
    must_fail_loading(place, "[general]\nvsock-peer=host\n",
                      "line 2: vsock-peer must be a CID or \"any\", not 'host'");
}

static void a_file_has_a_limit(Place *place, gconstpointer data)
{
    g_autofree char *text = g_strnfill(VA_KEY_FILE_MAX + 1, '\n');
    must_fail_loading(place, text, "it is larger than 1048576 bytes");
    text[VA_KEY_FILE_MAX] = '\0';
    store(place, text);
    g_autoptr(VaConfig) config = must_load("");
    g_assert_cmpstr(config->file, ==, place->file);
}

static void a_file_with_a_nul_is_refused(Place *place, gconstpointer data)
{
    g_autoptr(VaConfig) config = va_config_new();
    g_autoptr(GError) error = NULL;
    g_assert_false(va_key_file_parse(config, "[general]\0\n", 11, &error));
    g_assert_cmpstr(error->message, ==, "not a text file");
}

static void unknown_keys_and_groups_are_warnings(Place *place, gconstpointer data)
{
    store(place, "[other]\ndaemon=nonsense\nanything\n[general]\r\n daemon = 1 \r\nblok-rpcs=a\n");
    g_setenv("QGA_CONF", place->file, TRUE);
    g_autoptr(VaConfig) config = must_load("");
    g_assert_true(config->daemonize);
    check_names(config->warnings, "<configuration file: unknown group 'other' ignored>"
                                  "<configuration file: unknown key 'blok-rpcs' ignored>");
}

static void warnings_are_bounded(Place *place, gconstpointer data)
{
    g_autoptr(GString) text = g_string_new("[general]\n");
    for (guint i = 0; i < 3 * VA_KEY_FILE_WARNINGS_MAX; i++)
        g_string_append(text, "nonsense=1\n");
    g_autoptr(VaConfig) config = va_config_new();
    g_assert_true(va_key_file_parse(config, text->str, text->len, NULL));
    g_assert_cmpuint(config->warnings->len, ==, VA_KEY_FILE_WARNINGS_MAX);
}

static void an_empty_value_is_not_set(Place *place, gconstpointer data)
{
    store(place, "[general]\nallow-rpcs=\nblock-rpcs= \nmethod=\ndaemon=\nvsock-peer=\n");
    g_setenv("QGA_CONF", place->file, TRUE);
    g_autoptr(VaConfig) config = must_load("");
    g_assert_null(config->allow_rpcs);
    g_assert_null(config->block_rpcs);
    g_assert_cmpstr(config->method, ==, "virtio-serial");
}

static void a_method_must_be_known(Place *place, gconstpointer data)
{
    VaConfig *config = NULL;
    g_autoptr(GError) error = NULL;
    g_assert_cmpint(load("-m 'x\ny' -p /p", &config, &error), ==, VA_CONFIG_FAILED);
    g_assert_true(g_str_has_prefix(error->message,
                                   "unsupported channel method 'x\\x0ay' (known: virtio-serial, "));
    g_autoptr(VaConfig) dumped = must_load("-D -m x -p /p");
    g_assert_cmpstr(dumped->method, ==, "x");
}

static void a_channel_without_a_default_needs_a_path(Place *place, gconstpointer data)
{
    must_fail("-m unix-listen", "must specify a path for this channel");
    must_fail("-m unix-listen -p ''", "must specify a path for this channel");
    must_fail("-D -m vsock-listen", "must specify a path for this channel");

    fake_daemon()->has_sockets = TRUE;
    g_autoptr(VaConfig) config = must_load("-m unix-listen");
    g_assert_null(config->path);
    g_autofree char *dump = va_config_dump(config);
    g_assert_null(strstr(dump, "\npath="));
}

static void check_peer(const char *line, guint32 expected)
{
    g_autoptr(VaConfig) config = must_load(line);
    g_assert_cmpuint(va_config_vsock_peer(config), ==, expected);
}

static void a_vsock_peer_is_a_number_or_any(Place *place, gconstpointer data)
{
    check_peer("--vsock-peer=3", 3);
    check_peer("--vsock-peer=4294967294", 4294967294u);
    check_peer("--vsock-peer any", G_MAXUINT32);
    check_peer("--vsock-peer=any --vsock-peer=", OS_VSOCK_HOST);
    must_fail("--vsock-peer=-1", "command line: vsock-peer must be a CID or \"any\", not '-1'");
    must_fail("--vsock-peer=4294967295",
              "command line: vsock-peer must be a CID or \"any\", not '4294967295'");
    must_fail("--vsock-peer=2x", "command line: vsock-peer must be a CID or \"any\", not '2x'");
}

static void a_dump_of_nothing_names_the_defaults(Place *place, gconstpointer data)
{
    g_autofree char *expected = g_strdup_printf(
        "[general]\ndaemon=false\nmethod=virtio-serial\npath=%s\npidfile=/run/fake.pid\n"
        "statedir=/run/fake\nverbose=false\nretry-path=false\nblock-rpcs=\nallow-rpcs=\n",
        os_channel_default_path("virtio-serial"));
    check_dump("-D", expected);
}

static void a_dump_reads_back_to_the_same(Place *place, gconstpointer data)
{
    static const char *const lines[] = {
        "-D",
        "-Ddvr --vsock-peer=any -l '/a b' -F",
        "-D -l ' lead and trail ' -t '\t' -p '\\s;,#=[]' -f 'a\nb\rc'",
        "-D -l \"\xff\xfe\" -t ' '",
        "-D -b a,b -a 'c;d'",
        "-D -b 'a b , c\\d;e' -b f",
        "-D -b 'a;'",
    };
    for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autoptr(VaConfig) config = must_load(lines[i]);
        g_autofree char *first = va_config_dump(config);
        g_autoptr(VaConfig) again = va_config_new();
        g_assert_true(va_key_file_parse(again, first, strlen(first), NULL));
        g_autofree char *second = va_config_dump(again);
        g_assert_cmpstr(first, ==, second);
        g_assert_cmpstr(config->log_file, ==, again->log_file);
        g_assert_cmpstr(config->path, ==, again->path);
        g_assert_cmpuint(again->warnings->len, ==, 0);
    }
}

/* What the upstream test suite does with the configuration of its own. */
static void a_dumped_list_can_be_read_by_glib(Place *place, gconstpointer data)
{
    store(place, "[general]\nblock-rpcs=guest-ping;guest-get-time\nlogfile=/ a\\\\b\n");
    g_setenv("QGA_CONF", place->file, TRUE);
    g_autoptr(VaConfig) config = must_load("-D");
    g_autofree char *dump = va_config_dump(config);

    g_autoptr(GKeyFile) file = g_key_file_new();
    g_assert_true(g_key_file_load_from_data(file, dump, G_MAXSIZE, G_KEY_FILE_NONE, NULL));
    g_autofree char *group = g_key_file_get_start_group(file);
    g_assert_cmpstr(group, ==, "general");
    gsize n = 0;
    g_auto(GStrv) names = g_key_file_get_string_list(file, "general", "block-rpcs", &n, NULL);
    g_assert_cmpuint(n, ==, 2);
    g_assert_cmpstr(names[0], ==, "guest-ping");
    g_assert_cmpstr(names[1], ==, "guest-get-time");
    g_autofree char *log_file = g_key_file_get_string(file, "general", "logfile", NULL);
    g_assert_cmpstr(log_file, ==, "/ a\\b");
}

static void check_action(const char *line, VaConfigAction expected)
{
    g_autoptr(VaConfig) config = NULL;
    g_autoptr(GError) error = NULL;
    g_assert_cmpint(load(line, &config, &error), ==, expected);
    g_assert_no_error(error);
    g_assert_true((config != NULL) == (expected == VA_CONFIG_RUN || expected == VA_CONFIG_DUMP));
}

static void questions_are_answered_without_a_configuration(Place *place, gconstpointer data)
{
    g_setenv("QGA_CONF", "/dev/null", TRUE);
    check_action("-h", VA_CONFIG_HELP);
    check_action("--help -V", VA_CONFIG_HELP);
    check_action("-DV", VA_CONFIG_VERSION);
    check_action("-VD", VA_CONFIG_VERSION);
    check_action("-b help", VA_CONFIG_LIST_COMMANDS);
    check_action("--block-rpcs=?", VA_CONFIG_LIST_COMMANDS);
    check_action("--blacklist help", VA_CONFIG_LIST_COMMANDS);
    check_action("-a?", VA_CONFIG_LIST_COMMANDS);
    g_unsetenv("QGA_CONF");
    check_action("-b helpless", VA_CONFIG_RUN);
    check_action("-D", VA_CONFIG_DUMP);
}

static void check_service(const char *line, const char *expected)
{
    g_autoptr(VaConfig) config = NULL;
    g_autoptr(GError) error = NULL;
    g_assert_cmpint(load(line, &config, &error), ==, VA_CONFIG_SERVICE);
    g_assert_no_error(error);
    g_autofree char *words = g_strjoinv(" ", (char **)config->service_arguments->pdata);
    g_autofree char *whole =
        g_strdup_printf("%s %s: %s", config->service_verb, config->service_name, words);
    g_assert_cmpstr(whole, ==, expected);
}

static void a_service_gets_the_other_options(Place *place, gconstpointer data)
{
    fake_service_offer(TRUE);
    check_service("-s install", "install fake-service: -d --retry-path");
    check_service("--service=uninstall --service-name=QEMU-GA",
                  "uninstall QEMU-GA: -d --retry-path");
    check_service("-drv -s install -m isa-serial -p COM1 -l /l -t '' -F -b a -b 'b;c' -c /c",
                  "install fake-service: -d --retry-path --verbose --method=isa-serial --path=COM1 "
                  "--logfile=/l --statedir= --fsfreeze-hook=/etc/fake-hook --block-rpcs=a "
                  "--block-rpcs=b;c --config=/c");
}

static void a_service_gets_absolute_paths(Place *place, gconstpointer data)
{
    g_autofree char *here = g_get_current_dir();
    g_autofree char *expected = g_strdup_printf(
        "install fake-service: -d --retry-path --logfile=%s" G_DIR_SEPARATOR_S
        "l --config=%s" G_DIR_SEPARATOR_S "c --method=unix-listen --path=%s" G_DIR_SEPARATOR_S "s",
        here, here, here);
    fake_service_offer(TRUE);
    check_service("-s install -l l -c c -m unix-listen -p s", expected);
}

static void a_service_is_set_up_whatever_the_file_says(Place *place, gconstpointer data)
{
    store(place, "nonsense");
    g_setenv("QGA_CONF", place->file, TRUE);
    fake_service_offer(TRUE);
    check_service("-s uninstall", "uninstall fake-service: -d --retry-path");
}

static void a_service_verb_must_be_known(Place *place, gconstpointer data)
{
    fake_service_offer(TRUE);
    must_fail("-s remove", "command line: service must be one of install, uninstall, not 'remove'");
    must_fail("-s ''", "command line: service must be one of install, uninstall, not ''");
    must_fail("-s", "a value is missing after '-s'; --help lists the options");
    must_fail("-s install --fsfreeze-time-limit=x",
              "command line: fsfreeze-time-limit must be a number of seconds up to 86400, not 'x'");
    VaConfig *config = NULL;
    g_autoptr(GError) error = NULL;
    g_assert_cmpint(load("-s install -m x", &config, &error), ==, VA_CONFIG_FAILED);
    g_assert_true(g_str_has_prefix(error->message, "unsupported channel method 'x' "));
}

/* A question does no harm, so it is what is done. */
static void a_question_comes_before_a_service(Place *place, gconstpointer data)
{
    fake_service_offer(TRUE);
    check_action("-s install -h", VA_CONFIG_HELP);
    check_action("-h -s install", VA_CONFIG_HELP);
    check_action("-s install -V", VA_CONFIG_VERSION);
    check_action("-s install -b help", VA_CONFIG_LIST_COMMANDS);
    check_action("-D -s install", VA_CONFIG_DUMP);
    check_action("-s install -D", VA_CONFIG_DUMP);
}

static void the_help_has_services_where_there_are_any(Place *place, gconstpointer data)
{
    g_autofree char *without = va_config_help();
    fake_service_offer(TRUE);
    g_autofree char *with = va_config_help();
    g_assert_null(strstr(without, "--service"));
    g_assert_nonnull(strstr(with, "\n  -s, --service=VERB "));
    g_assert_nonnull(strstr(with, ": install, uninstall\n"));
    g_assert_nonnull(strstr(with, " --service-name=NAME "));
}

static void the_help_names_what_there_is(Place *place, gconstpointer data)
{
    g_autofree char *help = va_config_help();
    g_assert_nonnull(strstr(help, "\n  -m, --method=METHOD "));
    g_assert_nonnull(strstr(help, ": virtio-serial, isa-serial, unix-listen, vsock-listen "));
    g_assert_nonnull(strstr(help, "\n  -F, --fsfreeze-hook[=PATH] "));
    g_assert_nonnull(strstr(help, " --vsock-peer=CID "));
    g_assert_nonnull(strstr(help, "(default: /run/fake.pid)\n"));
    g_assert_null(strstr(help, "blacklist"));
    g_assert_true(g_str_has_suffix(help, "\n"));
}

static void the_version_can_be_found_by_scripts(Place *place, gconstpointer data)
{
    g_autofree char *version = va_config_version();
    g_assert_cmpstr(version, ==, "virtagent " VA_VERSION " (QEMU Guest Agent " VA_VERSION ")\n");
}

static void commands_are_listed_as_in_the_schema(Place *place, gconstpointer data)
{
    g_autofree char *names = va_config_commands();
    g_assert_true(g_str_has_prefix(names, "guest-sync-delimited\nguest-sync\nguest-ping\n"));
    g_assert_true(g_str_has_suffix(names, "\n"));
    g_assert_null(strstr(names, "\n\n"));
}

static void relative_paths_become_absolute_once(Place *place, gconstpointer data)
{
    g_autofree char *here = g_get_current_dir();
    g_autofree char *log_file = g_build_filename(here, "l", NULL);
    g_autofree char *channel = g_build_filename(here, "s", NULL);
    g_autoptr(VaConfig) config = must_load("-m unix-listen -p s -l l -t /a/../b");
    va_config_resolve(config);
    va_config_resolve(config);
    g_assert_cmpstr(config->log_file, ==, log_file);
    g_assert_cmpstr(config->path, ==, channel);
    g_assert_cmpstr(config->state_dir, ==, "/a/../b");
    g_assert_null(config->fsfreeze_hook);
}

static void addresses_that_are_no_paths_stay(Place *place, gconstpointer data)
{
    g_autoptr(VaConfig) vsock = must_load("-m vsock-listen -p 3:1234");
    va_config_resolve(vsock);
    g_assert_cmpstr(vsock->path, ==, "3:1234");
    g_autoptr(VaConfig) serial = must_load("-m isa-serial -p COM1");
    va_config_resolve(serial);
    g_assert_cmpstr(serial->path, ==, "COM1");
}

static void add(const char *path, void (*test)(Place *, gconstpointer))
{
    g_test_add(path, Place, NULL, set_up, test, tear_down);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add("/config/without-anything-the-defaults-hold", without_anything_the_defaults_hold);
    add("/config/every-option-has-its-long-and-short-form",
        every_option_has_its_long_and_short_form);
    add("/config/the-freeze-can-be-limited", the_freeze_can_be_limited);
    add("/config/a-word-that-is-not-understood-is-named", a_word_that_is_not_understood_is_named);
    add("/config/an-empty-word-is-nothing", an_empty_word_is_nothing);
    add("/config/the-hook-may-come-without-a-path", the_hook_may_come_without_a_path);
    add("/config/lists-split-on-commas-and-semicolons", lists_split_on_commas_and_semicolons);
    add("/config/lists-add-up-over-all-sources", lists_add_up_over_all_sources);
    add("/config/the-command-line-wins-over-the-file", the_command_line_wins_over_the_file);
    add("/config/the-file-is-found-in-its-order", the_file_is_found_in_its_order);
    add("/config/the-first-default-file-hides-the-second", the_first_default_file_hides_the_second);
    add("/config/a-file-asked-for-must-exist", a_file_asked_for_must_exist);
    add("/config/only-regular-files-are-read", only_regular_files_are_read);
    add("/config/broken-files-are-refused-with-the-line", broken_files_are_refused_with_the_line);
    add("/config/a-file-has-a-limit", a_file_has_a_limit);
    add("/config/a-file-with-a-nul-is-refused", a_file_with_a_nul_is_refused);
    add("/config/unknown-keys-and-groups-are-warnings", unknown_keys_and_groups_are_warnings);
    add("/config/warnings-are-bounded", warnings_are_bounded);
    add("/config/an-empty-value-is-not-set", an_empty_value_is_not_set);
    add("/config/a-method-must-be-known", a_method_must_be_known);
    add("/config/a-channel-without-a-default-needs-a-path",
        a_channel_without_a_default_needs_a_path);
    add("/config/a-vsock-peer-is-a-number-or-any", a_vsock_peer_is_a_number_or_any);
    add("/config/a-dump-of-nothing-names-the-defaults", a_dump_of_nothing_names_the_defaults);
    add("/config/a-dump-reads-back-to-the-same", a_dump_reads_back_to_the_same);
    add("/config/a-dumped-list-can-be-read-by-glib", a_dumped_list_can_be_read_by_glib);
    add("/config/questions-are-answered-without-a-configuration",
        questions_are_answered_without_a_configuration);
    add("/config/a-service-gets-the-other-options", a_service_gets_the_other_options);
    add("/config/a-service-gets-absolute-paths", a_service_gets_absolute_paths);
    add("/config/a-service-is-set-up-whatever-the-file-says",
        a_service_is_set_up_whatever_the_file_says);
    add("/config/a-service-verb-must-be-known", a_service_verb_must_be_known);
    add("/config/a-question-comes-before-a-service", a_question_comes_before_a_service);
    add("/config/the-help-has-services-where-there-are-any",
        the_help_has_services_where_there_are_any);
    add("/config/the-help-names-what-there-is", the_help_names_what_there_is);
    add("/config/the-version-can-be-found-by-scripts", the_version_can_be_found_by_scripts);
    add("/config/commands-are-listed-as-in-the-schema", commands_are_listed_as_in_the_schema);
    add("/config/relative-paths-become-absolute-once", relative_paths_become_absolute_once);
    add("/config/addresses-that-are-no-paths-stay", addresses_that_are_no_paths_stay);
    return g_test_run();
}
