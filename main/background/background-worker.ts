/** A background thread: what a request asks for and what may take more than 20 ms of a processor is done here. */
import { unpackBankFile, writeBankFile } from '../banks/bank-file.ts';
import { cleanData, lookAtData } from '../data/sizes.ts';
import type { DataSetInfo } from '../datasets/contract.ts';
import { dataSetInfo } from '../datasets/data-set-info.ts';
import { labelledClips, type LabelledClips } from '../datasets/labelled-clips.ts';
import { readDataset, type ReadOptions } from '../datasets/read-dataset.ts';
import type { ScorePoint } from '../detections/contract/scoring.ts';
import { curveOf } from '../detections/truth/match.ts';
import type { BoardDrift } from '../fleet/contract/drift.ts';
import type { MicrophoneJudgement } from '../fleet/contract/microphone.ts';
import { judgeCounts } from '../fleet/drift/judge-counts.ts';
import { judgeMicrophones } from '../fleet/microphone/judge.ts';
import { unpackHours, type PackedHours } from '../store/heard-hours.ts';
import { comparisonHtml } from '../jobs/compare/report.ts';
import { statisticsOf as statisticsOfRuns, type Computed } from '../jobs/compare/statistics.ts';
import { scoreClips } from '../jobs/compare/score-clips.ts';
import { referenceAnswers } from '../fleet/rollout/reference-answers.ts';
import { captureQueries } from '../instruments/queries.ts';
import { tinyReference } from '../mlperf-tiny/reference.ts';
import type { RecordingInfo } from '../recordings/contract.ts';
import { cutClip } from '../recordings/cut-clip.ts';
import { openRecording } from '../recordings/decode.ts';
import { concatenate } from '../recordings/concatenate.ts';
import { decodeAll, read16kMono, toInt16 } from '../recordings/pcm16k.ts';
import { heardStretch } from '../recordings/heard-stretch.ts';
import { soundOf } from '../recordings/sound.ts';
import { spectrogramOf } from '../recordings/spectrogram.ts';
import type { ReviewStatistics } from '../review/contract/rows.ts';
import { statisticsOf } from '../review/statistics.ts';
import { offer } from '../threads/offer.ts';
import type { LabSide } from './lab-side.ts';

const tasks = {
  judgeDrift: async (...given: Parameters<typeof judgeCounts>): Promise<BoardDrift[]> =>
    judgeCounts(...given),
  judgeMicrophones: async (boardIds: readonly string[], heard: PackedHours): Promise<MicrophoneJudgement[]> =>
    judgeMicrophones(boardIds, unpackHours(heard)),
  referenceAnswers,
  writeBankFile,
  unpackBankFile,
  lookAtData,
  cleanData,
  cutClip,
  ...captureQueries,
  tinyReference,

  reviewStatistics: async (...given: Parameters<typeof statisticsOf>): Promise<ReviewStatistics> =>
    statisticsOf(...given),

  compareReport: async (...given: Parameters<typeof comparisonHtml>): Promise<string> =>
    comparisonHtml(...given),

  compareStatistics: async (...given: Parameters<typeof statisticsOfRuns>): Promise<Computed> =>
    statisticsOfRuns(...given),

  scoreClips: async (...given: Parameters<typeof scoreClips>): Promise<ReturnType<typeof scoreClips>> =>
    scoreClips(...given),

  scoreClass: async (...given: Parameters<typeof curveOf>): Promise<ScorePoint[]> => curveOf(...given),

  /** A short recording as a board hears it: 16 kHz mono. @throws CurlewError as decodeAll */
  decode: async (path: string): Promise<Int16Array> => toInt16(await decodeAll(path)),

  /** A stretch of any recording; shorter, or empty, where it ends. @throws CurlewError as openRecording */
  async decodeSpan(path: string, startS: number, durationS: number): Promise<Int16Array> {
    const pieces: Float32Array[] = [];
    for await (const piece of read16kMono(path, { startS, durationS })) pieces.push(piece);
    return toInt16(concatenate(pieces));
  },

  /** A stretch of any recording at its own rate. @throws CurlewError as soundOf */
  sound: soundOf,
  /** @throws CurlewError as openRecording */
  heardStretch,
  /** @throws CurlewError as spectrogramOf */
  spectrogram: spectrogramOf,

  /** @throws CurlewError as openRecording */
  inspectRecording: async (path: string): Promise<RecordingInfo> => (await openRecording(path)).info,

  /** @throws CurlewError as readDataset */
  labelledClips: (
    path: string,
    options: Omit<ReadOptions, 'allowed' | 'signal'> = {},
  ): Promise<LabelledClips> =>
    labelledClips(path, { ...options, allowed: (real) => lab.call('permits', real) }),

  /** @throws CurlewError as readDataset */
  inspectDataSet: async (
    path: string,
    options: Omit<ReadOptions, 'allowed' | 'signal'>,
  ): Promise<DataSetInfo> =>
    dataSetInfo(await readDataset(path, { ...options, allowed: (real) => lab.call('permits', real) })),
};

export type Tasks = typeof tasks;

const lab = offer<LabSide>(tasks);
