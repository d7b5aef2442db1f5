#ifndef CUR_INFERENCE_H
#define CUR_INFERENCE_H

#include "../board.h"

enum cur_input_kind { CUR_INPUT_PCM = 0, CUR_INPUT_LOG_MEL = 1 };

/* Runs the active bank on the input buffer; the result is in b->last. If it keeps, a telemetry record is
 * appended where the interval of the settings has passed.
 * Returns 0, or an rc of group 65: no_expert, malformed (a log-mel value is not finite), bad_image (the
 * router's or an expert's numbers overflowed). */
int cur_infer(struct cur_board *b, enum cur_input_kind kind, int keeps);

/* Starts inference on the board's own audio source, at the microphone's rate and in the duty cycle of the
 * settings; hop in samples of 16 kHz, 0 for the settings' own, also where it changes. 0, or -1 where there is
 * no source or it does not take the rate. */
int cur_continuous_start(struct cur_board *b, uint32_t hop);
void cur_continuous_stop(struct cur_board *b);

/* Takes what samples there are and runs at most one inference; none of a window whose successor has been
 * heard whole by then, which is skipped and counted. Returns 0 when there was nothing to do. */
int cur_continuous_poll(struct cur_board *b);

/* Opens the active bank, which answers from then on; b->has_expert says whether there is one. Each image is
 * checked anew: seal, structure, signature where the board has a key. Finds the slot of the encoder that the
 * bank names, where the store's active bank does not know it yet. Called at boot and after every change of
 * what is active. 0, also where no bank is active; an rc if it cannot be opened, and then there is no expert.
 */
int cur_expert_load(struct cur_board *b);

#endif
