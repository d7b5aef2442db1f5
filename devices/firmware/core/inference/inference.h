#ifndef CUR_INFERENCE_H
#define CUR_INFERENCE_H

#include "../curlew.h"

enum cur_input_kind { CUR_INPUT_PCM = 0, CUR_INPUT_LOG_MEL = 1 };

/* Runs the active expert on the input buffer and appends a telemetry record; the result is in b->last.
 * Returns 0, or an rc of group 65: no_expert, malformed (a log-mel value is not finite), bad_image (the
 * expert's numbers overflowed). */
int cur_infer(struct cur_board *b, enum cur_input_kind kind);

/* Starts (hop in samples) and stops inference on the board's own audio source. */
void cur_continuous_start(struct cur_board *b, uint32_t hop);
void cur_continuous_stop(struct cur_board *b);

/* Takes what samples there are and runs at most one inference. Returns 0 when there was nothing to do. */
int cur_continuous_poll(struct cur_board *b);

/* Makes the active slot's image the one that answers; b->has_expert says whether there is one. */
void cur_expert_load(struct cur_board *b);

#endif
