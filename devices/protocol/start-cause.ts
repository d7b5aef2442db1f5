/** Why a board started, in the order of `enum cur_cause` (devices/firmware/hal/hal.h); `request`: it was told to. */
export const startCauses = ['unknown', 'power', 'request', 'watchdog', 'fault', 'pin', 'brown-out'] as const;

export type StartCause = (typeof startCauses)[number];
