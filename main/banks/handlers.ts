/** What the lab does for requests about banks and their clips. */
import type { HandlersOf } from '../dispatch.ts';
import { audioOf } from '../recordings/audio-of.ts';
import { decodeAll, toInt16 } from '../recordings/pcm16k.ts';
import type { Banks } from './banks.ts';
import type { bankRequests } from './contract.ts';

export const bankHandlers = (bank: Banks): HandlersOf<typeof bankRequests> => ({
  'experts.list': () => bank.experts,
  'experts.routers': () => bank.routers,
  'experts.encoders': () => bank.encoders,
  'experts.file': ({ expertId, file }) => bank.file(expertId, file),
  'experts.deleteBank': async ({ bank: name }) => (await bank.remove(name), null),

  'clips.list': () => bank.clips,
  'clips.audio': async ({ clipId }) => audioOf(toInt16(await decodeAll(bank.clipPath(clipId)))),
});
