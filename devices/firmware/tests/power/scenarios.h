#ifndef CUR_SCENARIOS_H
#define CUR_SCENARIOS_H

#include "../rig.h"

/* What a board was doing when its power failed. */

enum { NOBODY = 0, BANK_ANSWERS = 20, ENCODER_ANSWERS = 21, CASCADE_ANSWERS = 22 };

struct scenario {
    const char *name;
    void (*prepare)(void);
    /* The action that is cut; done again after the cut, whatever became of it, it must come to its end. 0, or
     * what went wrong. */
    int (*act)(void);
    /* Whose answers may come after a cut, and whose come in the end: experts by their seed, BANK_ANSWERS,
     * ENCODER_ANSWERS for the expert behind an encoder, CASCADE_ANSWERS for the experts on two, NOBODY for no
     * expert. */
    int before, after;
    /* What else must hold: after a cut, and (finished) in the end. 0, or what does not. NULL: nothing. */
    int (*check)(int finished);
    uint32_t flash_size; /* 0: 64 KiB */
};

extern const struct scenario scenarios[];
extern const int scenario_count;

/* Works out the answers of every expert on a board whose power holds. */
void scenarios_start(void);

/* Who answers the board's window now; -1: nobody that is known, or an error. */
int who_answers(void);

/* Uploads, verifies and activates an expert; 0 or an rc. */
int deploy(uint32_t seed);

/* Erases every slot that is not of the active bank; 0, or what went wrong. */
int erase_others(void);

/* Inferences until a trial is over. */
int pass_trial(void);

#endif
