import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type { Board, Clip, ExpertInfo, Job, WindowResult } from '../../main/contract/types.ts';
import {
  agreement,
  boardAgrees,
  implementationTolerance,
  type Agreement,
} from '../../models/evaluation/agreement.ts';
import { softmax } from '../../models/evaluation/probability.ts';
import { patchSamples } from '../../models/features/log-mel.ts';
import { samplesOf, windowOf } from '../audio/pcm.ts';
import { reference as pageReference, type ReferenceClient } from '../reference/reference-client.ts';
import type { LogMel } from '../reference/messages.ts';
import { useExperts } from './experts.ts';
import { isOver, useJobs } from './jobs.ts';
import { useLab } from './lab.ts';
import { useNotices } from './notices.ts';

/** One window of the clip and the three answers to it, as far as they are in. */
export interface ComparedWindow {
  startS: number;
  board: WindowResult;
  quantized: Float32Array | null;
  float: Float32Array | null;
  agreement: Agreement | null;
}

/** The clip as a whole: the mean of its windows' probabilities, three times. */
export interface ComparedClip {
  classes: number;
  board: Float64Array;
  quantized: Float64Array;
  float: Float64Array;
  /** The largest over the windows. */
  implementation: number;
  quantization: number;
  sameImplementation: number;
  sameQuantization: number;
  /** Up to this the implementation error is rounding. */
  tolerance: number;
  agrees: boolean;
  windows: number;
}

export type References = Pick<ReferenceClient, 'open' | 'logits' | 'logMel'>;

/** Plays a clip at a board and holds each answer against the two references, run here in the page. */
export const useComparison = defineStore('comparison', () => {
  const { client } = useLab();
  const jobs = useJobs();
  const experts = useExperts();
  const notices = useNotices();

  const clips = shallowRef<Clip[] | null>(null);
  const clip = shallowRef<Clip | null>(null);
  const samples = shallowRef<Float32Array<ArrayBuffer> | null>(null);
  const logMel = shallowRef<LogMel | null>(null);
  const jobId = ref<string | null>(null);
  const starting = ref(false);
  const boardName = ref('');
  const expert = shallowRef<ExpertInfo | null>(null);
  const windows = shallowRef<ComparedWindow[]>([]);
  const problem = ref<string | null>(null);
  const job = computed(() => jobs.find(jobId.value));
  let references: References = pageReference;
  /** Windows that arrive before the reply that names their job. */
  let early: { jobId: string; result: WindowResult }[] = [];

  client.on('window', (event) => {
    if (starting.value) early.push(event);
    else if (event.jobId === jobId.value) add(event.result);
  });
  client.on('job', (job) => {
    if (job.id === jobId.value) finish(job);
  });

  async function loadClips(): Promise<void> {
    clips.value = await client.request('clips.list', {});
  }

  /** Loads a clip's sound and spectrogram; what was compared before is put away. */
  async function choose(chosen: Clip): Promise<void> {
    clip.value = chosen;
    samples.value = null;
    logMel.value = null;
    windows.value = [];
    jobId.value = null;
    problem.value = null;
    const heard = samplesOf(await client.request('clips.audio', { clipId: chosen.id }));
    if (clip.value !== chosen) return;
    samples.value = heard;
    const frames = await references.logMel(heard);
    if (clip.value === chosen) logMel.value = frames;
  }

  /** @param runs the expert of the bank that the board runs; null compares nothing, the answers are still shown */
  async function play(board: Board, runs: ExpertInfo | null): Promise<void> {
    if (!clip.value || starting.value) return;
    windows.value = [];
    problem.value = null;
    jobId.value = null;
    early = [];
    expert.value = runs;
    boardName.value = board.name;
    starting.value = true;
    try {
      if (runs) {
        await Promise.all([
          references.open(`quantized ${runs.id}`, () => experts.file(runs.id, 'quantized.onnx')),
          references.open(`float ${runs.id}`, () => experts.file(runs.id, 'float.onnx')),
        ]);
      }
      const source = { kind: 'clip' as const, clipId: clip.value.id };
      jobId.value = jobs.keep(await client.request('play.start', { boardId: board.id, source })).id;
    } finally {
      starting.value = false;
    }
    for (const event of early) if (event.jobId === jobId.value) add(event.result);
    if (job.value) finish(job.value);
  }

  function finish(job: Job): void {
    if (!isOver(job)) return;
    if (job.result?.kind === 'play') for (const result of job.result.windows) add(result);
    if (job.error) problem.value = job.error.message;
    else if (job.state === 'cancelled') problem.value = 'The clip was stopped before its end.';
  }

  function add(result: WindowResult): void {
    if (windows.value.some((window) => window.startS === result.startS)) return;
    const window: ComparedWindow = {
      startS: result.startS,
      board: result,
      quantized: null,
      float: null,
      agreement: null,
    };
    windows.value = [...windows.value, window].sort((a, b) => a.startS - b.startS);
    compare(window).catch((thrown: unknown) => {
      problem.value = notices.fail('The references could not be run', thrown);
    });
  }

  async function compare(window: ComparedWindow): Promise<void> {
    const against = expert.value;
    if (!against || !samples.value) return;
    const started = jobId.value;
    const pcm = windowOf(samples.value, window.startS, patchSamples);
    const [quantized, float] = await Promise.all([
      references.logits(`quantized ${against.id}`, pcm),
      references.logits(`float ${against.id}`, pcm),
    ]);
    if (jobId.value !== started) return;
    const compared = {
      ...window,
      quantized,
      float,
      agreement: agreement(window.board.logits, quantized, float),
    };
    windows.value = windows.value.map((one) => (one.startS === window.startS ? compared : one));
  }

  const summary = computed<ComparedClip | null>(() => {
    const done = windows.value.filter(
      (
        window,
      ): window is ComparedWindow & { quantized: Float32Array; float: Float32Array; agreement: Agreement } =>
        window.agreement !== null,
    );
    if (done.length === 0) return null;
    const classes = done[0]!.board.logits.length;
    const tolerance = implementationTolerance(expert.value?.encoder ?? null);
    const mean = (of: (window: (typeof done)[number]) => ArrayLike<number>) => {
      const sum = new Float64Array(classes);
      for (const window of done) softmax(of(window)).forEach((p, i) => (sum[i]! += p / done.length));
      return sum;
    };
    return {
      classes,
      board: mean((window) => window.board.logits),
      quantized: mean((window) => window.quantized),
      float: mean((window) => window.float),
      implementation: Math.max(...done.map((window) => window.agreement.implementation.relative)),
      quantization: Math.max(...done.map((window) => window.agreement.quantization.relative)),
      sameImplementation: done.filter((window) => window.agreement.implementation.sameTopClass).length,
      sameQuantization: done.filter((window) => window.agreement.quantization.sameTopClass).length,
      tolerance,
      agrees: done.every((window) => boardAgrees(window.agreement, tolerance)),
      windows: done.length,
    };
  });

  return {
    clips,
    clip,
    samples,
    logMel,
    starting,
    boardName,
    expert,
    windows,
    problem,
    summary,
    job,
    running: computed(() => starting.value || (job.value !== null && !isOver(job.value))),
    loadClips,
    choose,
    play,
    /** For tests: other references than the page's worker. */
    use: (others: References) => void (references = others),
  };
});
