#include <math.h>
#include <stdlib.h>

#include "rig.h"
#include "test.h"
#include "../core/inference/level.h"
#include "../core/mem.h"

/* Level, noise floor and clipping of a window, held against the same in double precision. */

static int16_t pcm[CUR_WINDOW_SAMPLES];
static struct cur_level level;

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Mean square about the window's mean, in hundredths of a decibel against a sine of full scale. */
static double decibels(double mean, uint32_t from, uint32_t n) {
    double sum = 0;
    for (uint32_t i = from; i < from + n; i++)
        sum += (pcm[i] - mean) * (pcm[i] - mean);
    return sum == 0 ? CUR_LEVEL_SILENT : 1000 * log10(2 * sum / n / 32768 / 32768);
}

static double reference_floor(double mean) {
    static double frames[97];
    for (uint32_t f = 0; f < 97; f++)
        frames[f] = decibels(mean, 160 * f, 160);
    qsort(frames, 97, sizeof *frames, compare);
    return frames[9];
}

static int near(int16_t found, double wanted, double off) {
    return fabs(found - wanted) <= off;
}

static void is_the_root_mean_square(void) {
    for (int turn = 0; turn < 300; turn++) {
        double sum = 0, gain = pow(2, -(turn % 12)), offset = turn % 7 * 100 - 300;
        for (int i = 0; i < CUR_WINDOW_SAMPLES; i++) {
            double loud = turn % 3 == 1 ? i / (double)CUR_WINDOW_SAMPLES : turn % 3 == 2 ? (i / 160) % 5 : 1;
            double x = (int16_t)test_noise() * gain * loud / 4 + offset;
            pcm[i] = (int16_t)(x > 32767 ? 32767 : x < -32768 ? -32768 : x);
            sum += pcm[i];
        }
        double mean = sum / CUR_WINDOW_SAMPLES;
        cur_level(&level, pcm);
        CHECK_AT(turn, near(level.level, decibels(mean, 0, CUR_WINDOW_SAMPLES), 0.51));
        double quiet = reference_floor(floor(16 * mean + 0.5) / 16);
        CHECK_AT(turn, near(level.floor, quiet, 0.51));
    }
}

static void a_full_scale_sine_has_0_db(void) {
    for (int i = 0; i < CUR_WINDOW_SAMPLES; i++)
        pcm[i] = (int16_t)lrint(32767 * sin(2 * acos(-1) * i / 160));
    cur_level(&level, pcm);
    CHECK(near(level.level, 0, 1) && near(level.floor, 0, 1) && level.clipped > 0);
    for (int i = 0; i < CUR_WINDOW_SAMPLES; i++)
        pcm[i] = i & 1 ? 32767 : -32768;
    cur_level(&level, pcm);
    CHECK(level.level == 301 && level.floor == 301 && level.clipped == CUR_WINDOW_SAMPLES);
}

static void stuck_is_silent(void) {
    static const int16_t values[] = {0, 1, -1, 12345, -32768, 32767};
    for (int turn = 0; turn < 6; turn++) {
        for (int i = 0; i < CUR_WINDOW_SAMPLES; i++)
            pcm[i] = values[turn];
        cur_level(&level, pcm);
        CHECK_AT(turn, level.level == CUR_LEVEL_SILENT && level.floor == CUR_LEVEL_SILENT);
        CHECK_AT(turn, level.clipped == (turn < 4 ? 0 : CUR_WINDOW_SAMPLES));
        /* One step of one sample is the least that is not silent. */
        pcm[7777] ^= 1;
        cur_level(&level, pcm);
        CHECK_AT(turn, near(level.level, -12923, 1));
    }
}

static void a_bang_leaves_the_floor(void) {
    test_seed(5);
    for (int i = 0; i < CUR_WINDOW_SAMPLES; i++)
        pcm[i] = (int16_t)((int16_t)test_noise() / 1000);
    cur_level(&level, pcm);
    int16_t quiet = level.floor;
    CHECK(level.clipped == 0);
    for (int i = 3000; i < 9000; i++)
        pcm[i] = (int16_t)(i & 8 ? 32767 : -32767);
    cur_level(&level, pcm);
    CHECK(level.floor >= quiet && level.floor - quiet < 50 && level.level > -200);
    CHECK(level.clipped > 2900 && level.clipped < 3100);
}

static void only_full_scale_is_clipped(void) {
    static const int16_t whole[] = {32767, -32768}, less[] = {32766, -32767, 0, -1, 1};
    for (int i = 0; i < CUR_WINDOW_SAMPLES; i++)
        pcm[i] = less[i % 5];
    cur_level(&level, pcm);
    CHECK(level.clipped == 0);
    /* The first sample, the last one, and those that no whole frame holds. */
    pcm[0] = whole[0];
    pcm[15519] = whole[1];
    pcm[15520] = whole[0];
    pcm[15599] = whole[1];
    cur_level(&level, pcm);
    CHECK(level.clipped == 4);
}

static void is_in_the_record(void) {
    rig_start();
    CHECK(rig_deploy() == 0 && rig_infer(1) == 0);
    const uint8_t *record = cur_telemetry_record(&rig_board.telemetry, 1);
    cur_level(&level, rig_board.input.pcm);
    CHECK((int16_t)cur_u16(record + 68) == level.level && level.level < 0 && level.level > -300);
    CHECK((int16_t)cur_u16(record + 70) == level.floor && cur_u16(record + 72) == level.clipped);
    CHECK(record[74] == CUR_CAUSE_POWER && record[75] == 1);
    CHECK(cur_u32(record + 76) == cur_store_free(&rig_board.store));
    /* Features are no sound. */
    static float features[CUR_FRAMES * CUR_BANDS];
    memcpy(rig_board.input.bytes, features, sizeof features);
    rig_request(1);
    rig_pair("kind", 1);
    CHECK(rig_ask(CUR_OP_WRITE, 65, 1) == 0);
    record = cur_telemetry_record(&rig_board.telemetry, 2);
    CHECK((int16_t)cur_u16(record + 68) == CUR_LEVEL_UNKNOWN &&
          (int16_t)cur_u16(record + 70) == CUR_LEVEL_UNKNOWN);
    CHECK(cur_u16(record + 72) == CUR_CLIPPED_UNKNOWN);
}

TEST_LIST(level_tests) = {
    {"the level is the root mean square about the mean, the floor the tenth percentile",
     is_the_root_mean_square},
    {"a sine of full scale has 0 dB and a square wave 3.01 dB", a_full_scale_sine_has_0_db},
    {"a microphone that is stuck at any value is silent", stuck_is_silent},
    {"a bang of a third of the window leaves the noise floor where it is", a_bang_leaves_the_floor},
    {"samples at full scale, and only they, are clipped", only_full_scale_is_clipped},
    {"a record tells level, floor and clipping of sound, and that features have none", is_in_the_record},
    TEST_END,
};
