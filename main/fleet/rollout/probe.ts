/**
 * The probe set of a bank: windows of the bundled clips, and what the reference answers to each, the firmware's core in this
 * computer. It is made once and kept with the bank's hash; a board that answers otherwise computes otherwise.
 */
import { readFile } from 'node:fs/promises';
import type { EngineImages } from '../../../devices/engine/engine.ts';
import { windowSamples } from '../../../devices/engine/engine.ts';
import type { Background } from '../../background/background.ts';
import { CurlewError } from '../../contract/error.ts';
import type { WantedBank } from '../../contract/types.ts';
import { targetRate } from '../../recordings/resample.ts';
import type { ProbeStore } from '../../store/probe-store.ts';
import { deploymentOf } from '../deployment.ts';
import type { Session } from '../session.ts';

export interface ProbeWindow {
  pcm: Int16Array;
  /** Class that the reference finds likeliest. */
  answer: number;
}

/** Null where the lab has no image of the bank. @throws CurlewError of the images and of the clips */
export type ProbeOf = (bank: WantedBank) => Promise<readonly ProbeWindow[] | null>;

interface ProbeRooms {
  background: Pick<Background, 'run'>;
  store: ProbeStore;
  clips: readonly { id: string }[];
  clipPath(clipId: string): string;
  image(sha256: string): Promise<Uint8Array | null>;
  /** Where engine.wasm lies. */
  enginePath: string;
}

/** Where the windows of a clip begin, seconds. */
const starts = [0, 1.5, 3];

export function probes(rooms: ProbeRooms): ProbeOf {
  const { background, store } = rooms;
  return async ({ sha256 }) => {
    const places = rooms.clips.flatMap(({ id }) => starts.map((startS) => ({ clipId: id, startS })));
    const sounds = await Promise.all(
      places.map(({ clipId, startS }) =>
        background.run('decodeSpan', rooms.clipPath(clipId), startS, windowSamples / targetRate),
      ),
    );
    const whole = sounds
      .map((pcm, i) => ({ pcm, ...places[i]! }))
      .filter(({ pcm }) => pcm.length === windowSamples);
    const kept = await store.probe(sha256);
    const known = kept && new Map(kept.map((one) => [`${one.clipId} ${one.startS}`, one.answer]));
    if (known && whole.every(({ clipId, startS }) => known.has(`${clipId} ${startS}`)))
      return whole.map(({ pcm, clipId, startS }) => ({ pcm, answer: known.get(`${clipId} ${startS}`)! }));
    const images = await imagesOf(sha256, rooms);
    if (!images) return null;
    const answers = await background.run(
      'referenceAnswers',
      await readFile(rooms.enginePath),
      images,
      whole.map(({ pcm }) => pcm),
    );
    await store.keepProbe(
      sha256,
      whole.map(({ clipId, startS }, i) => ({ clipId, startS, answer: answers[i]! })),
    );
    return whole.map(({ pcm }, i) => ({ pcm, answer: answers[i]! }));
  };
}

async function imagesOf(sha256: string, { image }: ProbeRooms): Promise<EngineImages | null> {
  const chief = await image(sha256);
  if (!chief) return null;
  const { encoders, router, experts } = await deploymentOf([chief], image);
  return {
    encoders: encoders.map((one) => one.image),
    router: router?.image ?? null,
    experts: experts.map((one) => one.image),
  };
}

/**
 * What it answers is no part of what it hears: it keeps no records of it. A board that listens does not while it is asked.
 * @param listens whether it is to listen afterwards, also where it did not when it was asked
 * @throws CurlewError those of the board; ABORTED
 */
export function playProbe(
  session: Session,
  windows: readonly ProbeWindow[],
  { listens, signal }: { listens: boolean; signal: AbortSignal },
): Promise<{ windows: number; agreed: number }> {
  return session.exclusive(async (board) => {
    const { listening } = await board.readInfo();
    if (listening) await board.listen(false);
    try {
      let agreed = 0;
      for (const { pcm, answer } of windows) {
        if (signal.aborted) throw new CurlewError('ABORTED', 'The probe set was not played to its end.');
        if ((await board.infer(pcm, { signal, keep: false })).classIndex === answer) agreed++;
      }
      return { windows: windows.length, agreed };
    } finally {
      if (listening || listens) await board.listen(true);
      await session.pull();
    }
  }, signal);
}
