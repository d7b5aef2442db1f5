/** What the lab does for requests about banks and their clips. */
import type { Background } from '../background/background.ts';
import type { HandlersOf } from '../dispatch.ts';
import { audioOf } from '../recordings/audio-of.ts';
import type { Banks } from './banks.ts';
import type { bankRequests } from './contract.ts';

export const bankHandlers = (bank: Banks, background: Background): HandlersOf<typeof bankRequests> => ({
  'experts.list': () => bank.experts,
  'experts.routers': () => bank.routers,
  'experts.encoders': () => bank.encoders,
  'experts.file': ({ expertId, file }) => bank.file(expertId, file),
  'experts.deleteBank': async ({ bank: name }) => (await bank.remove(name), null),

  'clips.list': () => bank.clips,
  'clips.audio': async ({ clipId }) => audioOf(await background.run('decode', bank.clipPath(clipId))),
});
