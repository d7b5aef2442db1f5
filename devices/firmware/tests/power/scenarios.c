#include "scenarios.h"

#include "../../core/mem.h"
#include "../images.h"
#include "../owner.h"
#include "../test.h"
#include "../uncertain.h"

enum { EXPERTS = 10, WRONG = -1 };

static float answers[CASCADE_ANSWERS + 1][3];
static uint8_t window[CUR_FRAMES * CUR_BANDS * 4];

static int run(void) {
    memcpy(rig_board.input.bytes, window, sizeof window);
    rig_board.loaded = sizeof window;
    rig_request(1);
    rig_pair("kind", 1);
    return rig_ask(CUR_OP_WRITE, 65, 1);
}

int who_answers(void) {
    int rc = run();
    if (rc == CUR_RC_NO_EXPERT) return NOBODY;
    if (rc) return WRONG;
    for (int who = 1; who <= CASCADE_ANSWERS; who++) {
        if (memcmp(answers[who], rig_board.last.scores.logits, sizeof answers[who]) == 0) return who;
    }
    return WRONG;
}

int pass_trial(void) {
    return run() || run() || run();
}

/* Expert `seed`, whose version that is, too. */
static void build(uint32_t seed) {
    rig_image_len = fake_image(rig_image, seed);
    cur_put_u32(rig_image + CUR_IMAGE_VERSION, seed);
    fake_seal(rig_image, rig_image_len);
}

static int upload(uint32_t seed) {
    build(seed);
    return rig_upload() || rig_ask_slot(3, rig_slot);
}

int deploy(uint32_t seed) {
    return upload(seed) || rig_activate(rig_slot);
}

/* --- A router and its three experts --- */

static int upload_expert(int place, uint8_t sha[32]) {
    struct images_plan plan = images_expert(4, 0);
    rig_image_len = images_build(rig_image, &plan, 50 + (uint32_t)place);
    fake_sha256(rig_image, rig_image_len, sha);
    return rig_upload() || rig_ask_slot(3, rig_slot);
}

static int deploy_bank(void) {
    static const float prior[3] = {0.5f, 0.25f, 1.0f};
    uint8_t hashes[96];
    uint32_t slots[3];
    for (int i = 0; i < 3; i++) {
        if (upload_expert(i, hashes + 32 * i)) return WRONG;
        slots[i] = rig_slot;
    }
    struct images_plan plan = images_router(hashes, prior);
    plan.passes = 0; /* the same answer to every inference */
    rig_image_len = images_build(rig_image, &plan, 60);
    if (rig_upload() || rig_ask_slot(3, rig_slot)) return WRONG;
    return rig_activate_bank(slots, 3, (int)rig_slot);
}

/* --- An expert and the encoder that it names --- */

static int deploy_encoder(void) {
    uint8_t hash[32];
    rig_image_len = images_encoder(rig_image, 70);
    fake_sha256(rig_image, rig_image_len, hash);
    if (rig_upload() || rig_ask_slot(3, rig_slot)) return WRONG;
    struct images_plan plan = images_expert(2, 1);
    plan.encoder_hash = hash;
    plan.embedding = 48;
    rig_image_len = images_build(rig_image, &plan, 71);
    return rig_upload() || rig_ask_slot(3, rig_slot) || rig_activate(rig_slot);
}

/* --- A cascade whose later experts bring an encoder of their own --- */

static int upload_verified(uint8_t sha[32]) {
    fake_sha256(rig_image, rig_image_len, sha);
    return rig_upload() || rig_ask_slot(3, rig_slot);
}

static int deploy_cascade(void) {
    static const float prior[3] = {0}, thresholds[2] = {-1, 2}; /* the second answers */
    uint8_t encoders[2][32], hashes[96], sha[32];
    uint32_t slots[3];
    for (uint32_t i = 0; i < 2; i++) {
        rig_image_len = images_encoder(rig_image, 80 + i);
        if (upload_verified(encoders[i])) return WRONG;
    }
    for (uint32_t i = 0; i < 3; i++) {
        struct images_plan plan = images_expert(4, 0);
        plan.encoder_hash = encoders[i > 0];
        plan.embedding = 48;
        rig_image_len = images_build(rig_image, &plan, 82 + i);
        if (upload_verified(hashes + 32 * i)) return WRONG;
        slots[i] = rig_slot;
    }
    struct images_plan plan = images_cascade(hashes, prior, CUR_DECISION_TOP, thresholds);
    plan.encoder_hash = encoders[0];
    plan.embedding = 48;
    rig_image_len = images_build(rig_image, &plan, 85);
    return upload_verified(sha) || rig_activate_bank(slots, 3, (int)rig_slot);
}

void scenarios_start(void) {
    rig_direct = 1;
    test_seed(77);
    for (uint32_t i = 0; i < sizeof window; i += 4)
        cur_put_f32(window + i, -(float)(test_noise() >> 8) / 4194304.0f);
    for (uint32_t who = 1; who <= EXPERTS; who++) {
        rig_start();
        if (deploy(who) || run()) printf("expert %u does not run\n", who);
        memcpy(answers[who], rig_board.last.scores.logits, sizeof answers[who]);
    }
    rig_start();
    if (deploy_bank() || run()) printf("the bank does not run\n");
    memcpy(answers[BANK_ANSWERS], rig_board.last.scores.logits, sizeof answers[BANK_ANSWERS]);
    rig_start();
    if (deploy_encoder() || run()) printf("the expert with an encoder does not run\n");
    memcpy(answers[ENCODER_ANSWERS], rig_board.last.scores.logits, sizeof answers[ENCODER_ANSWERS]);
    rig_start();
    if (deploy_cascade() || run()) printf("the cascade does not run\n");
    memcpy(answers[CASCADE_ANSWERS], rig_board.last.scores.logits, sizeof answers[CASCADE_ANSWERS]);
}

/* --- Before --- */

static void nothing(void) {}

static void one(void) {
    deploy(1);
    pass_trial();
}

static void two_on_trial(void) {
    one();
    deploy(2);
}

static void two(void) {
    two_on_trial();
    pass_trial();
}

static void encoder_then_one(void) {
    deploy_encoder();
    pass_trial();
    one();
}

static void cascade_then_one(void) {
    deploy_cascade();
    pass_trial();
    one();
}

static void one_and_another(void) {
    one();
    upload(2);
}

/* Sends the first half of an expert and restarts the board. */
static void send_half(uint32_t seed) {
    uint8_t sha[32];
    build(seed);
    fake_sha256(rig_image, rig_image_len, sha);
    rig_request(2);
    rig_pair("len", rig_image_len);
    rig_pair_bytes("sha", sha, 32);
    rig_ask(CUR_OP_WRITE, 64, 1);
    uint32_t slot = rig_number("slot"), half = rig_image_len / 2;
    for (uint32_t off = 0; off < half; off += 500) {
        rig_request(3);
        rig_pair("slot", slot);
        rig_pair("off", off);
        rig_pair_bytes("data", rig_image + off, 500);
        rig_ask(CUR_OP_WRITE, 64, 2);
    }
    rig_restart(CUR_CAUSE_POWER);
}

static void half_and_restart(void) {
    one();
    send_half(2);
}

static void two_and_a_third(void) {
    two();
    upload(3);
}

/* Room for one more, which an upload that was given up takes. */
static void nearly_full(void) {
    one();
    for (uint32_t seed = 3; seed <= 8; seed++)
        upload(seed);
    send_half(9);
}

static void damaged(void) {
    two();
    uint32_t slot = rig_board.store.active.slot[0];
    uint32_t at = (uint32_t)(cur_store_bytes(&rig_board.store, (int)slot) - rig_fake.flash.bytes);
    rig_fake.flash.bytes[at + 3000] ^= 1;
}

/* --- What is cut --- */

static int deploy_1(void) {
    return deploy(1);
}

static int deploy_2(void) {
    return deploy(2);
}

static int restart_by_watchdog(void) {
    if (rig_board.store.trial == CUR_TRIAL_ON) rig_restart(CUR_CAUSE_WATCHDOG);
    return 0;
}

static int restart_three_times(void) {
    for (int i = 0; i < 3 && rig_board.store.trial == CUR_TRIAL_ON; i++)
        rig_restart(CUR_CAUSE_POWER);
    return 0;
}

static int restart(void) {
    rig_restart(CUR_CAUSE_POWER);
    return 0;
}

static int roll_back_to_encoder(void) {
    return who_answers() == ENCODER_ANSWERS ? 0 : rig_ask_experts(6);
}

static int roll_back_to_cascade(void) {
    return who_answers() == CASCADE_ANSWERS ? 0 : rig_ask_experts(6);
}

static int roll_back(void) {
    return who_answers() == 1 ? 0 : rig_ask_experts(6);
}

int erase_others(void) {
    for (uint32_t slot = 0; slot < CUR_SLOTS; slot++) {
        if (!cur_bank_holds(&rig_board.store.active, (int)slot) && rig_ask_slot(5, slot)) return WRONG;
    }
    return 0;
}

/* A damaged upload of expert 2, which verification refuses, then the right one. */
static int refuse_then_deploy(void) {
    uint8_t sha[32];
    build(2);
    fake_sha256(rig_image, rig_image_len, sha);
    rig_request(2);
    rig_pair("len", rig_image_len);
    rig_pair_bytes("sha", sha, 32);
    if (rig_ask(CUR_OP_WRITE, 64, 1)) return WRONG;
    uint32_t slot = rig_number("slot");
    for (uint32_t off = rig_number("off"); off < rig_image_len; off = rig_number("off")) {
        uint32_t n = rig_image_len - off < 1000 ? rig_image_len - off : 1000;
        rig_request(3);
        rig_pair("slot", slot);
        rig_pair("off", off);
        rig_image[off] ^= 1;
        rig_pair_bytes("data", rig_image + off, n);
        rig_image[off] ^= 1;
        if (rig_ask(CUR_OP_WRITE, 64, 2)) return WRONG;
    }
    int rc = rig_ask_slot(3, slot);
    return rc == 0 || rc == CUR_RC_BAD_HASH ? deploy(2) : WRONG;
}

static int send_file(void) {
    build(2);
    for (uint32_t off = 0; off < rig_image_len; off = rig_number("off")) {
        uint32_t n = rig_image_len - off < 2000 ? rig_image_len - off : 2000;
        rig_request(off ? 3 : 4);
        cur_cbor_write_text(&rig_writer, "name");
        cur_cbor_write_text(&rig_writer, "/experts/new");
        rig_pair("off", off);
        rig_pair_bytes("data", rig_image + off, n);
        if (off == 0) rig_pair("len", rig_image_len);
        if (rig_ask(CUR_OP_WRITE, 8, 0)) return WRONG;
    }
    return 0;
}

static int change_settings(void) {
    rig_request(3);
    cur_cbor_write_text(&rig_writer, "name");
    cur_cbor_write_text(&rig_writer, "a name that takes some room, sixty bytes or so: north pond");
    rig_pair("interval", 60000);
    rig_pair("hop", 15600);
    return rig_ask(CUR_OP_WRITE, 67, 1);
}

static int change_key(void) {
    uint8_t key[32];
    memset(key, 0xa5, sizeof key);
    if (rig_board.store.has_key) return 0;
    rig_request(2);
    rig_pair_bytes("new", key, sizeof key);
    cur_cbor_write_text(&rig_writer, "protect");
    cur_cbor_write_bool(&rig_writer, 1);
    return rig_ask(CUR_OP_WRITE, 67, 3);
}

static void owned(void) {
    owner_set_key(owner_key, 0, NULL);
    owner_sign_image();
    rig_deploy();
    pass_trial();
}

static int replace_key(void) {
    if (rig_board.store.key_changes == 2) return 0;
    return owner_set_key(owner_next_key, 0, owner_rotation);
}

static int protect(void) {
    if (rig_board.store.protect) return 0;
    rig_request(2);
    rig_pair_bytes("new", rig_image, 0);
    cur_cbor_write_text(&rig_writer, "protect");
    cur_cbor_write_bool(&rig_writer, 1);
    return rig_ask(CUR_OP_WRITE, 67, 3);
}

static void protected_on_trial(void) {
    one();
    protect();
    deploy(2);
}

/* --- Uncertain windows --- */

enum { WINDOWS_KEPT = 4 }; /* that the setting allows, of the eight places of which the expert takes some */

static float least_kept; /* entropy */

static int keep_windows(uint32_t from, uint32_t to) {
    for (uint32_t seed = from; seed < to; seed++) {
        if (uncertain_infer_direct(seed)) return WRONG;
        rig_fake.skipped_ns = 2000000000ull;
        rig_poll_all();
    }
    return 0;
}

/* What is kept: how many, and the least entropy of them; -1 where one is damaged. */
static int look_at_windows(float *least) {
    static uint8_t entry[CUR_UNCERTAIN_SIZE];
    uint32_t n = 0, last = 0;
    *least = 9.0f;
    while (uncertain_list(last) == 0 && uncertain_count) {
        last = cur_u32(uncertain_heads + 4);
        if (uncertain_read(last, entry) || !uncertain_sound(entry)) return WRONG;
        float entropy = cur_f32(entry + 32);
        *least = entropy < *least ? entropy : *least;
        n++;
    }
    return (int)n;
}

static void windows(void) {
    one();
    uncertain_set(50, 1);
    keep_windows(1, 9);
    look_at_windows(&least_kept);
}

static int keep_more_windows(void) {
    return keep_windows(9, 30);
}

static int acknowledge_windows(void) {
    while (uncertain_list(0) == 0 && uncertain_count) {
        if (uncertain_drop(cur_u32(uncertain_heads + 4), cur_u32(uncertain_heads + 124))) return WRONG;
    }
    rig_poll_all();
    return 0;
}

/* As many as before, none of them more certain. */
static int windows_are_kept(int finished) {
    float least;
    (void)finished;
    return look_at_windows(&least) != WINDOWS_KEPT || least < least_kept;
}

static int windows_are_whole_or_gone(int finished) {
    float least;
    int n = look_at_windows(&least);
    return n < 0 || n > WINDOWS_KEPT || (finished && n != 0);
}

/* Many changes, so that the journals come to each of their borders. What is true before the change under way,
 * and after it: */
enum { TURNS = 40 };
static uint32_t old_state, new_state;

static int swap_banks(uint32_t now) {
    old_state = now;
    new_state = 3 - now;
    return rig_ask_experts(6);
}

static int turn_banks(void) {
    if (who_answers() == 1 && swap_banks(1)) return WRONG;
    for (uint32_t i = 0; i < TURNS; i++) {
        if (swap_banks(i % 2 ? 1 : 2)) return WRONG;
    }
    return 0;
}

static int turn_settings(void) {
    for (uint32_t i = 0; i <= TURNS; i++) {
        old_state = rig_board.settings.interval_ms;
        new_state = i;
        rig_request(1);
        rig_pair("interval", i);
        if (rig_ask(CUR_OP_WRITE, 67, 1)) return WRONG;
    }
    return 0;
}

/* --- What must hold beside --- */

static int settings_are_whole(int finished) {
    const struct cur_settings *s = &rig_board.settings;
    int changed = s->interval_ms == 60000 && s->hop == 15600 && s->name[0] == 'a';
    int unchanged = s->interval_ms == 0 && s->hop == 7680 && s->name[0] == 0;
    return finished ? !changed : !changed && !unchanged;
}

static int key_is_whole(int finished) {
    const struct cur_store *s = &rig_board.store;
    int changed = s->has_key && s->key[0] == 0xa5 && s->key[31] == 0xa5 && s->protect && s->key_changes == 1;
    int unchanged = !s->has_key && !s->protect && s->key_changes == 0;
    return finished ? !changed : !changed && !unchanged;
}

static int key_is_one_of_two(int finished) {
    const struct cur_store *s = &rig_board.store;
    int changed = memcmp(s->key, owner_next_key, 32) == 0 && s->key_changes == 2;
    int unchanged = memcmp(s->key, owner_key, 32) == 0 && s->key_changes == 1;
    return !s->has_key || (finished ? !changed : !changed && !unchanged);
}

static int is_protected(int finished) {
    const struct cur_store *s = &rig_board.store;
    return finished ? !s->protect || s->key_changes != 1 : s->protect != s->key_changes;
}

/* A version counts from the record on that ends its trial, and no replay of it is taken then. */
static int version_counts(int finished) {
    const struct cur_store *s = &rig_board.store;
    if (s->versions.count != 1 || !s->protect) return WRONG;
    if (s->versions.known[0].version != (s->trial == CUR_TRIAL_NONE ? 2u : 1u)) return WRONG;
    if (!finished) return 0;
    build(2);
    rig_image[CUR_IMAGE_HEADER - 1 - CUR_IMAGE_HASH] ^= 1; /* the reference graph's hash */
    fake_seal(rig_image, rig_image_len);
    int rc = rig_upload();
    if (!rc) rc = rig_ask_slot(3, rig_slot);
    return rc != CUR_RC_SAME_VERSION || rig_ask_slot(5, rig_slot);
}

static int settings_are_one_of_two(int finished) {
    uint32_t now = rig_board.settings.interval_ms;
    return finished ? now != TURNS : now != old_state && now != new_state;
}

static int bank_is_one_of_two(int finished) {
    uint32_t who = (uint32_t)who_answers();
    return finished ? who != 2 : who != old_state && who != new_state;
}

static int trial_is_over(int finished) {
    return finished && rig_board.store.trial != CUR_TRIAL_NONE;
}

static int fell_back(int finished) {
    return finished && (rig_board.store.trial != CUR_TRIAL_FELL_BACK || rig_board.store.previous.count);
}

static int others_are_gone(int finished) {
    int left = 0;
    for (int i = 0; i < CUR_SLOTS; i++)
        left += rig_board.store.slot[i].state != CUR_SLOT_EMPTY;
    return finished && left != 1;
}

static int file_is_whole(int finished) {
    int found = 0;
    for (int i = 0; i < CUR_SLOTS; i++)
        found += rig_board.store.slot[i].state == CUR_SLOT_VERIFIED;
    return finished && found < 2;
}

const struct scenario scenarios[] = {
    {"deploy-first", nothing, deploy_1, NOBODY, 1, NULL, 0},
    {"deploy-beside", one, deploy_2, 1, 2, NULL, 0},
    {"resume", half_and_restart, deploy_2, 1, 2, NULL, 0},
    {"refuse-then-deploy", one, refuse_then_deploy, 1, 2, NULL, 0},
    {"make-room", nearly_full, deploy_2, 1, 2, NULL, 0},
    {"activate", one_and_another, deploy_2, 1, 2, NULL, 0},
    {"trial-passes", two_on_trial, pass_trial, 2, 2, trial_is_over, 0},
    {"trial-watchdog", two_on_trial, restart_by_watchdog, 2, 1, fell_back, 0},
    {"trial-restarts", two_on_trial, restart_three_times, 2, 1, fell_back, 0},
    {"roll-back", two, roll_back, 2, 1, NULL, 0},
    {"erase", two_and_a_third, erase_others, 2, 2, others_are_gone, 0},
    {"damaged", damaged, restart, 1, 1, NULL, 0},
    {"bank", one, deploy_bank, 1, BANK_ANSWERS, NULL, 0x20000},
    {"encoder", one, deploy_encoder, 1, ENCODER_ANSWERS, NULL, 0},
    {"encoder-back", encoder_then_one, roll_back_to_encoder, 1, ENCODER_ANSWERS, NULL, 0},
    {"cascade", one, deploy_cascade, 1, CASCADE_ANSWERS, NULL, 0x20000},
    {"cascade-back", cascade_then_one, roll_back_to_cascade, 1, CASCADE_ANSWERS, NULL, 0},
    {"file", one, send_file, 1, 1, file_is_whole, 0},
    {"settings", one, change_settings, 1, 1, settings_are_whole, 0},
    {"key", nothing, change_key, NOBODY, NOBODY, key_is_whole, 0},
    {"key-replaced", owned, replace_key, 1, 1, key_is_one_of_two, 0},
    {"protect", two, protect, 2, 2, is_protected, 0},
    {"version", protected_on_trial, pass_trial, 2, 2, version_counts, 0},
    {"journal-of-state", two, turn_banks, 1, 2, bank_is_one_of_two, 0},
    {"journal-of-settings", one, turn_settings, 1, 1, settings_are_one_of_two, 0},
    {"windows", windows, keep_more_windows, 1, 1, windows_are_kept, 0},
    {"windows-acknowledged", windows, acknowledge_windows, 1, 1, windows_are_whole_or_gone, 0},
};

const int scenario_count = sizeof scenarios / sizeof *scenarios;
