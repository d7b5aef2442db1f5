/** WAV files of 16-bit samples. */

const headerBytes = 44;

/** @param channels of the same length */
export function wavFile(channels: readonly Int16Array[], sampleRate: number): Uint8Array {
  const samples = channels[0]!.length;
  const dataBytes = samples * channels.length * 2;
  const wav = new Uint8Array(headerBytes + dataBytes);
  const view = new DataView(wav.buffer);
  const word = (at: number, text: string): void => wav.set(Buffer.from(text, 'latin1'), at);
  word(0, 'RIFF');
  view.setUint32(4, headerBytes - 8 + dataBytes, true);
  word(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, channels.length, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * channels.length * 2, true);
  view.setUint16(32, channels.length * 2, true);
  view.setUint16(34, 16, true);
  word(36, 'data');
  view.setUint32(40, dataBytes, true);
  wav.set(interleaved(channels), headerBytes);
  return wav;
}

/** As samples lie in the file: by time, then by channel, the lower byte first. */
export function interleaved(channels: readonly Int16Array[]): Buffer {
  const samples = channels[0]!.length;
  const bytes = Buffer.alloc(2 * samples * channels.length);
  let at = 0;
  for (let i = 0; i < samples; i++) for (const one of channels) at = bytes.writeInt16LE(one[i]!, at);
  return bytes;
}
