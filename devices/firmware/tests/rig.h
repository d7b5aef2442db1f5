#ifndef CUR_RIG_H
#define CUR_RIG_H

#include "fake.h"
#include "../core/link/cbor.h"
#include "../core/link/request.h"
#include "../core/link/smp.h"

/* The whole board on a test bench: requests go in over its line, replies come out. */

extern struct fake rig_fake;
extern struct cur_board rig_board;

/* The image that rig_upload sends: fake_image of seed 1 after rig_start. */
extern uint8_t rig_image[16384];
extern uint32_t rig_image_len;

/* The last reply, and its map. */
extern uint8_t rig_reply[CUR_BUF_SIZE];
extern size_t rig_reply_len;
extern struct cur_cbor_map rig_map;

/* A new board, just switched on; its flash as fake_start makes it, or of another shape. */
void rig_start(void);
void rig_start_with(uint32_t flash_size, uint32_t block, uint32_t granule);

/* The same board switched on again, or restarted by `cause` (enum cur_cause). */
void rig_restart(int cause);

/* Hands requests to the board without its line: quicker. */
extern int rig_direct;

/* Lets the board work until it has nothing to do. */
void rig_poll_all(void);

/* Puts bytes on the line to the board. */
void rig_put(const uint8_t *bytes, size_t n);
void rig_send(enum cur_framing framing, int op, int group, int command, const uint8_t *payload, size_t n);

/* Takes one reply in that framing from what the board sent: 1 if there was one. */
int rig_take_reply(enum cur_framing framing);

enum { RIG_BROKEN = -1 };

/* One request in the binary framing and its reply: 0, the error's rc, or RIG_BROKEN. */
int rig_ask_bytes(int op, int group, int command, const uint8_t *payload, size_t n);

/* The same with a payload built piece by piece: rig_request, then that many pairs, then rig_ask. */
extern struct cur_cbor_writer rig_writer;
extern uint8_t rig_payload[CUR_BUF_SIZE];
struct cur_cbor_writer *rig_request(uint32_t pairs);
void rig_pair(const char *key, uint32_t value);
void rig_pair_bytes(const char *key, const uint8_t *bytes, size_t n);
int rig_ask(int op, int group, int command);

/* A number in the last reply; 0xdeadbeef if it is not there. */
uint32_t rig_number(const char *key);

/* Commands of the experts group: with only a slot; without anything; activate, of one slot or a bank (router
 * -1: none). */
int rig_ask_slot(int command, uint32_t slot);
int rig_ask_experts(int command);
int rig_activate(uint32_t slot);
int rig_activate_bank(const uint32_t *slots, uint32_t count, int router);

/* Numbers of an array in the last reply: as many as there are, at most 12. */
uint32_t rig_numbers(const char *key, uint32_t numbers[12]);

/* Sends rig_image, from where the board wants it, into rig_slot, which the board chooses; sends, verifies and
 * activates it; runs it on a window of noise. 0 or an rc. */
extern uint32_t rig_slot;
int rig_upload(void);
int rig_deploy(void);
int rig_infer(uint32_t seed);

#endif
