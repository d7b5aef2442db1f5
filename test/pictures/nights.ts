/** Nights of a recorder, made of the bundled clips: something to be seen in the README's pictures. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Random } from '../../models/training/random.ts';
import { readAudio } from '../../main/datasets/audio.ts';
import { concatenate } from '../../main/recordings/concatenate.ts';
import { wavBytes } from '../../main/recordings/testing.ts';
import { resources } from '../../main/resources.ts';

const nights = 14;
const hours = [19, 20, 21, 22, 23, 0, 1, 2, 3, 4, 5, 6];
const sampleRate = 16_000;
const perRecording = 6;

/** What is likely heard: rain on some nights, dogs in the evening, a cock at dawn, the sea always. */
function likely(night: number, hour: number): string[] {
  const always = ['sea-waves', 'sea-waves', 'crackling-fire'];
  const evening = hour >= 19 && hour < 23 ? ['dog', 'dog', 'crying-baby', 'sneezing'] : [];
  const dawn = hour >= 4 && hour <= 6 ? ['rooster', 'rooster', 'rooster', 'chainsaw'] : [];
  const wet = night % 5 === 1 || night % 5 === 2 ? ['rain', 'rain', 'rain', 'rain', 'rain'] : [];
  return [...always, ...evening, ...dawn, ...wet];
}

/** A recording an hour, named as an AudioMoth names it (by UTC). */
export async function writeNights(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const random = new Random(5);
  const clips = new Map<string, Float32Array>();
  for (let night = 0; night < nights; night++) {
    for (const hour of hours) {
      const names = likely(night, hour);
      const pcm: Float32Array[] = [];
      for (let n = 0; n < perRecording; n++) {
        const name = names[Math.floor(random.uniform() * names.length)]!;
        const clip = clips.get(name) ?? (await readAudio(join(resources.bank, 'clips', `${name}.ogg`))).pcm;
        clips.set(name, clip);
        // No two recordings are alike: the lab would take one for a copy of the other.
        const gain = 0.3 + 0.7 * random.uniform();
        pcm.push(clip.map((sample) => gain * sample));
      }
      const day = String(3 + night + (hour < 12 ? 1 : 0)).padStart(2, '0');
      const file = `202606${day}_${String(hour).padStart(2, '0')}0000.WAV`;
      await writeFile(join(folder, file), wavBytes([concatenate(pcm)], { sampleRate }));
    }
  }
}
