/** Playing a recording at a board: window after window, each answered by the board's active expert. */
import { frontEnd, patchCount, patchHopSamples, patchSamples } from '../../models/features/log-mel.ts';
import { CurlewError } from '../contract/error.ts';
import type { PlayResult, WindowResult } from '../contract/types.ts';
import type { Session } from './session.ts';

export interface PlayOptions {
  signal: AbortSignal;
  progress(fraction: number, detail: string): void;
  onWindow(result: WindowResult): void;
}

/**
 * @param pcm 16 kHz mono; windows of 15,600 samples every 7,680, as the reference cuts them
 * @throws CurlewError FILE_TOO_SHORT, NO_EXPERT_ACTIVE, those of the board; ABORTED
 */
export async function play(session: Session, pcm: Int16Array, options: PlayOptions): Promise<PlayResult> {
  if (pcm.length < patchSamples) {
    throw new CurlewError(
      'FILE_TOO_SHORT',
      `The recording lasts ${(pcm.length / frontEnd.sampleRate).toFixed(2)} s; one window takes ${patchSamples / frontEnd.sampleRate} s.`,
    );
  }
  const count = patchCount(pcm.length);
  return session.exclusive(async (board) => {
    const { signal } = options;
    const windows: WindowResult[] = [];
    let labels: string[] | null = null;
    for (let i = 0; i < count; i++) {
      options.progress(i / count, `window ${i + 1} of ${count}`);
      const start = i * patchHopSamples;
      const answer = await board.infer(pcm.slice(start, start + patchSamples), { signal });
      labels ??= await board.labels({ signal });
      const result: WindowResult = {
        boardId: session.state.id,
        startS: start / frontEnd.sampleRate,
        inferenceId: answer.inferenceId,
        classIndex: answer.classIndex,
        label: labels[answer.classIndex] ?? `class ${answer.classIndex}`,
        logits: Array.from(answer.logits),
        topProbability: answer.topProbability,
        entropy: answer.entropy,
        latencyUs: answer.latencyUs,
        latencySource: answer.latencySource,
        energyNanojoule: answer.energyNanojoule,
        energySource: answer.energySource,
      };
      windows.push(result);
      options.onWindow(result);
    }
    await session.pull();
    return { kind: 'play', boardId: session.state.id, windows };
  }, options.signal);
}
