import type { Audio16k } from '../contract/types.ts';

/** Samples as the contract carries them. @param pcm mono, on a little-endian machine */
export const audioOf = (pcm: Int16Array): Audio16k => ({
  pcm: new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength),
  samples: pcm.length,
});
