/** What the lab does for requests about microphones. */
import type { HandlersOf } from '../../dispatch.ts';
import type { microphoneRequests } from '../contract/microphone.ts';
import type { Microphones } from '../microphone/microphones.ts';

export const microphoneHandlers = (microphones: Microphones): HandlersOf<typeof microphoneRequests> => ({
  'fleet.microphones': () => microphones.ofFleet(),
});
