/* The board as a process of this computer, on a pseudo-terminal whose path it prints. Times are measured on
 * this computer's clock; energy is not known, or with --ina226 measured by a simulated sensor. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../../core/curlew.h"
#include "../../drivers/ina226.h"
#include "ina226_model.h"
#include "pty.h"

static const char usage[] =
    "usage: curlew-host [--flash FILE] [--audio FILE] [--id HEX] [--name TEXT] [--ina226 AWAKE,ASLEEP]\n"
    "  --flash FILE  keeps the flash in FILE (made if missing); without it the flash is lost at the end\n"
    "  --audio FILE  a microphone that plays FILE over and over: 16 kHz mono, signed 16-bit little-endian\n"
    "  --id HEX      the board's identity, 16 hexadecimal digits\n"
    "  --name TEXT   the board's name\n"
    "  --ina226 AWAKE,ASLEEP\n"
    "                a simulated INA226 in its supply of 3.3 V, with a shunt of 0.1 ohm: what the board "
    "draws while it\n"
    "                works and while it waits, microamperes\n";

enum { FLASH_SIZE = 0x400000, FLASH_BLOCK = 4096, FLASH_GRANULE = 8 };

static struct cur_board board;
static uint8_t *flash;
static int16_t *audio;
static uint64_t audio_len, audio_taken, audio_start_ns;
static int reset_wanted;
static struct cur_ina226_model sensor;
static struct cur_ina226 ina;
static double awake_ua, asleep_ua;

static uint64_t now_ns(void *ctx) {
    (void)ctx;
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static size_t uart_read(void *ctx, uint8_t *bytes, size_t n) {
    (void)ctx;
    return pty_read(bytes, n);
}

static void uart_write(void *ctx, const uint8_t *bytes, size_t n) {
    (void)ctx;
    pty_write(bytes, n);
}

static int flash_erase(void *ctx, uint32_t off) {
    (void)ctx;
    if (off % FLASH_BLOCK || off >= FLASH_SIZE) return -1;
    memset(flash + off, 0xff, FLASH_BLOCK);
    return 0;
}

static int flash_program(void *ctx, uint32_t off, const uint8_t *bytes, uint32_t n) {
    (void)ctx;
    if (off > FLASH_SIZE || n > FLASH_SIZE - off) return -1;
    for (uint32_t i = 0; i < n; i++)
        flash[off + i] &= bytes[i];
    return 0;
}

/* The clip over and over, at the pace of the clock. What lies further back than two seconds is lost. */
static int32_t audio_read(void *ctx, int16_t *samples, uint32_t n) {
    if (!audio) return -1;
    uint64_t heard = (now_ns(ctx) - audio_start_ns) * CUR_RATE / 1000000000u;
    if (heard > audio_taken + 2 * CUR_RATE) audio_taken = heard - 2 * CUR_RATE;
    if (n == 0) return (int32_t)(heard - audio_taken);
    uint32_t count = heard - audio_taken < n ? (uint32_t)(heard - audio_taken) : n;
    for (uint32_t i = 0; i < count; i++)
        samples[i] = audio[(audio_taken + i) % audio_len];
    audio_taken += count;
    return (int32_t)count;
}

static uint32_t unknown_u32(void *ctx) {
    (void)ctx;
    return 0;
}

static int i2c_transfer(void *ctx, uint8_t address, const uint8_t *out, uint32_t out_n, uint8_t *in,
                        uint32_t in_n) {
    return cur_ina226_model_transfer(&sensor, address, out, out_n, in, in_n, now_ns(ctx));
}

static uint64_t energy_nj(void *ctx) {
    return cur_ina226_energy_nj(&ina, now_ns(ctx));
}

static void poll_sensor(void *ctx) {
    (void)cur_ina226_poll(&ina, now_ns(ctx));
}

static uint32_t sensed_mv(void *ctx) {
    (void)ctx;
    return ina.bus_mv;
}

static int32_t unknown_temperature(void *ctx) {
    (void)ctx;
    return -32768;
}

static void reset(void *ctx) {
    (void)ctx;
    reset_wanted = 1;
}

static struct cur_hal hal = {
    .now_ns = now_ns,
    .busy_ns = now_ns,
    .uart_read = uart_read,
    .uart_write = uart_write,
    .flash_size = FLASH_SIZE,
    .flash_block = FLASH_BLOCK,
    .flash_granule = FLASH_GRANULE,
    .flash_erase = flash_erase,
    .flash_program = flash_program,
    .audio_read = audio_read,
    .supply_mv = unknown_u32,
    .temperature_cc = unknown_temperature,
    .stack_high_water = unknown_u32,
    .reset = reset,
    .id = {'c', 'u', 'r', '-', 'h', 'o', 's', 't'},
    .name = "host process",
    .kind = "host",
    .profile = "",
    .source = CUR_SOURCE_MEASURED,
    .simulated = 1,
};

static int fail(const char *what, const char *path) {
    fprintf(stderr, "curlew-host: %s %s: %s\n", what, path, strerror(errno));
    return 1;
}

static int open_flash(const char *path) {
    int file = -1;
    struct stat before = {0};
    if (path) {
        file = open(path, O_RDWR | O_CREAT, 0644);
        if (file < 0 || fstat(file, &before) || ftruncate(file, FLASH_SIZE)) return -1;
    }
    int sharing = path ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS;
    flash = mmap(NULL, FLASH_SIZE, PROT_READ | PROT_WRITE, sharing, file, 0);
    if (flash == MAP_FAILED) return -1;
    /* What a new file is longer than an old one is erased flash, too. */
    if (before.st_size < FLASH_SIZE)
        memset(flash + before.st_size, 0xff, FLASH_SIZE - (size_t)before.st_size);
    hal.flash = flash;
    return 0;
}

static int open_audio(const char *path) {
    int file = open(path, O_RDONLY);
    struct stat s;
    if (file < 0 || fstat(file, &s)) return -1;
    audio_len = (uint64_t)s.st_size / 2;
    if (audio_len == 0) {
        errno = ENODATA;
        return -1;
    }
    audio = mmap(NULL, (size_t)s.st_size, PROT_READ, MAP_PRIVATE, file, 0);
    if (audio == MAP_FAILED) return -1;
    audio_start_ns = now_ns(NULL);
    return 0;
}

static int start_sensor(const char *currents) {
    char *end;
    const struct cur_i2c bus = {.transfer = i2c_transfer};
    awake_ua = strtod(currents, &end);
    if (*end != ',' || !(awake_ua >= 0 && awake_ua <= 800000)) return -1;
    asleep_ua = strtod(end + 1, &end);
    if (*end || !(asleep_ua >= 0 && asleep_ua <= 800000)) return -1;
    cur_ina226_model_init(&sensor, 100000, 3300, now_ns(NULL));
    if (cur_ina226_start(&ina, &bus, CUR_INA226_MODEL_ADDRESS, 100000, 800)) return -1;
    hal.energy_nj = energy_nj;
    hal.supply_mv = sensed_mv;
    hal.watchdog_feed = poll_sensor;
    hal.source |= CUR_SOURCE_MEASURED << 2;
    return 0;
}

static int parse_id(const char *hex) {
    char byte[3] = {0};
    if (strlen(hex) != 16 || strspn(hex, "0123456789abcdefABCDEF") != 16) return -1;
    for (int i = 0; i < 8; i++) {
        memcpy(byte, hex + 2 * i, 2);
        hal.id[i] = (uint8_t)strtoul(byte, NULL, 16);
    }
    return 0;
}

static void start(enum cur_cause cause) {
    do {
        if (getrandom(&hal.boot, sizeof hal.boot, 0) != sizeof hal.boot) hal.boot++;
    } while (hal.boot == 0);
    hal.cause = (uint8_t)cause;
    cur_init(&board, &hal);
}

int main(int argc, char **argv) {
    const char *flash_path = NULL, *audio_path = NULL, *id = NULL, *currents = NULL;
    for (int i = 1; i < argc; i++) {
        const char **value = !strcmp(argv[i], "--flash")    ? &flash_path
                             : !strcmp(argv[i], "--audio")  ? &audio_path
                             : !strcmp(argv[i], "--id")     ? &id
                             : !strcmp(argv[i], "--name")   ? &hal.name
                             : !strcmp(argv[i], "--ina226") ? &currents
                                                            : NULL;
        if (value && i + 1 < argc) {
            *value = argv[++i];
        } else {
            fputs(usage, stderr);
            return 2;
        }
    }
    if ((id && parse_id(id)) || strlen(hal.name) > 63 || (currents && start_sensor(currents))) {
        fputs(usage, stderr);
        return 2;
    }
    if (open_flash(flash_path)) return fail("cannot open flash file", flash_path ? flash_path : "in memory");
    if (audio_path && open_audio(audio_path)) return fail("cannot open audio file", audio_path);
    const char *path = pty_open();
    if (!path) return fail("cannot open", "a pseudo-terminal");
    printf("%s\n", path);
    fflush(stdout);

    start(CUR_CAUSE_POWER);
    for (;;) {
        if (cur_poll(&board)) {
            if (reset_wanted) start(CUR_CAUSE_REQUEST);
            reset_wanted = 0;
            continue;
        }
        /* What it draws changes with the edge of its work, and the sensor is looked at before a sample is
         * lost. */
        if (currents) cur_ina226_model_draws(&sensor, asleep_ua, now_ns(NULL));
        pty_wait(currents ? 5 : board.continuous ? 10 : 1000);
        if (currents) {
            cur_ina226_model_draws(&sensor, awake_ua, now_ns(NULL));
            poll_sensor(NULL);
        }
    }
}
