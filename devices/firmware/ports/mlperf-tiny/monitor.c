#include "monitor.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OUT = 1280 };

__attribute__((format(printf, 2, 3))) static void say(struct tiny_monitor *m, const char *format, ...) {
    char out[OUT];
    va_list given;
    va_start(given, format);
    int n = vsnprintf(out, sizeof out, format, given);
    va_end(given);
    if (n > 0) m->port->write(m->port->ctx, out, (size_t)n < sizeof out ? (size_t)n : sizeof out - 1);
}

static void timestamp(struct tiny_monitor *m) {
    const struct tiny_port *port = m->port;
    if (port->energy)
        port->mark(port->ctx);
    else
        say(m, "m-lap-us-%u\r\n", port->now_us(port->ctx));
}

static void tell_results(struct tiny_monitor *m) {
    char out[OUT] = "m-results-[";
    size_t at = strlen(out);
    for (int i = 0; i < m->result_count; i++)
        at += (size_t)snprintf(out + at, sizeof out - at, "%s%0.3f", i ? "," : "", (double)m->results[i]);
    say(m, "%s]\r\n", out);
}

/* `count` inferences; 0, or -1 where the input does not fit the model. */
static int infer_times(struct tiny_monitor *m, long count) {
    const struct tiny_port *port = m->port;
    for (long i = 0; i < count; i++) {
        m->result_count = port->infer(port->ctx, m->input, m->held, m->results);
        if (m->result_count < 0) {
            m->result_count = 0;
            return -1;
        }
    }
    return 0;
}

/* `infer N [W]` */
static void infer(struct tiny_monitor *m, const char *count_text, const char *warm_ups_text) {
    long count = count_text ? atol(count_text) : 1;
    long warm_ups = warm_ups_text ? atol(warm_ups_text) : TINY_WARM_UPS;
    if (count < 1 || warm_ups < 0) {
        say(m, "e-[Inferences must be 1 or more]\r\n");
        return;
    }
    say(m, "m-warmup-start-%ld\r\n", warm_ups);
    int rc = infer_times(m, warm_ups);
    say(m, "m-warmup-done\r\n");
    if (rc == 0) {
        say(m, "m-infer-start-%ld\r\n", count);
        timestamp(m);
        rc = infer_times(m, count);
        timestamp(m);
        say(m, "m-infer-done\r\n");
    }
    if (rc)
        say(m, "e-[The input is none of this model's: %u bytes]\r\n", m->held);
    else
        tell_results(m);
}

static void load(struct tiny_monitor *m, const char *size) {
    long bytes = size ? atol(size) : 0;
    if (bytes < 1) {
        say(m, "e-[How many bytes is missing]\r\n");
        return;
    }
    m->held = 0;
    m->expected = (uint32_t)bytes;
    /* As the reference does: it says so, but without a prefix, and has stored the size. */
    if (bytes > TINY_INPUT)
        say(m, "No room for %ld bytes\n", bytes);
    else
        say(m, "m-[Expecting %ld bytes]\r\n", bytes);
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void write_hex(struct tiny_monitor *m, const char *hex) {
    if (strlen(hex) % 2) {
        say(m, "e-[An odd number of hex digits]\r\n");
        return;
    }
    for (; *hex; hex += 2) {
        int high = hex_digit(hex[0]), low = hex_digit(hex[1]);
        if (high < 0 || low < 0) {
            say(m, "e-[No hex digit]\r\n");
            return;
        }
        /* The reference writes on beyond its end; here nothing is. */
        if (m->held < m->expected && m->held < TINY_INPUT) m->input[m->held++] = (uint8_t)(high << 4 | low);
    }
    if (m->held == m->expected) say(m, "m-load-done\r\n");
}

static void print(struct tiny_monitor *m) {
    for (uint32_t at = 0; at < m->held; at += TINY_PRINT_BYTES) {
        char out[3 * TINY_PRINT_BYTES + 1] = "";
        for (uint32_t i = at; i < m->held && i < at + TINY_PRINT_BYTES; i++)
            sprintf(out + 3 * (i - at), "-%02x", m->input[i]);
        say(m, "m-buffer%s\r\n", out);
    }
    if (m->held % TINY_PRINT_BYTES == 0) say(m, "\r\n");
}

static void buffer(struct tiny_monitor *m, const char *what, const char *size) {
    if (!what)
        say(m, "e-[What of the input is missing]\r\n");
    else if (!strcmp(what, "load"))
        load(m, size);
    else if (!strcmp(what, "print"))
        print(m);
    else
        write_hex(m, what);
}

static void run(struct tiny_monitor *m) {
    const struct tiny_port *port = m->port;
    char *rest = m->line;
    const char *word = strtok_r(rest, " ", &rest);
    const char *first = strtok_r(NULL, " ", &rest);
    const char *second = strtok_r(NULL, " ", &rest);
    if (!word)
        say(m, "e-[Empty command]\r\n");
    else if (!strcmp(word, "name"))
        say(m, "m-name-dut-[%s]\r\n", port->vendor);
    else if (!strcmp(word, "profile"))
        say(m, "m-profile-[ULPMark for tinyML Firmware V0.0.1]\r\nm-model-[%s]\r\n", port->model);
    else if (!strcmp(word, "timestamp"))
        timestamp(m);
    else if (!strcmp(word, "db"))
        buffer(m, first, second);
    else if (!strcmp(word, "infer"))
        infer(m, first, second);
    else if (!strcmp(word, "results"))
        tell_results(m);
    else
        say(m, "e-[Unknown command: %s]\r\n", word);
    say(m, "m-ready\r\n");
}

void tiny_start(struct tiny_monitor *m, const struct tiny_port *port) {
    memset(m, 0, sizeof *m);
    m->port = port;
    say(m, "m-timestamp-mode-%s\r\n", port->energy ? "energy" : "performance");
    timestamp(m);
    say(m, "m-init-done\r\nm-ready\r\n");
}

void tiny_take(struct tiny_monitor *m, const uint8_t *bytes, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (bytes[i] == '%') {
            m->line[m->len] = 0;
            m->len = 0;
            run(m);
        } else if (bytes[i] != '\r' && bytes[i] != '\n' && m->len < TINY_LINE - 1) {
            m->line[m->len++] = (char)bytes[i];
        }
    }
}
