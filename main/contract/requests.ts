/**
 * Every request the page (or the command line) can make of the lab: the rooms' parts, joined. A part is the schema
 * of each request's parameters and the least role that may make it, both checked by the lab whatever the transport, and
 * the type of its result.
 */
import type * as v from 'valibot';
import { bankRequests, type BankResults } from '../banks/contract.ts';
import { dataRequests, type DataResults } from '../data/contract.ts';
import { dataSetRequests, type DataSetResults } from '../datasets/contract.ts';
import { detectionRequests, type DetectionResults } from '../detections/contract/requests.ts';
import { scoringRequests, type ScoringResults } from '../detections/contract/scoring.ts';
import { writingRequests, type WritingResults } from '../detections/contract/writing.ts';
import { alertRequests, type AlertResults } from '../fleet/alerts/contract/alerts.ts';
import { batteryRequests, type BatteryResults } from '../fleet/contract/battery.ts';
import { boardLogRequests, type BoardLogResults } from '../fleet/contract/board-log.ts';
import { detailsRequests, type DetailsResults } from '../fleet/contract/details.ts';
import { boardRequests, type BoardResults } from '../fleet/contract/boards.ts';
import { driftRequests, type DriftResults } from '../fleet/contract/drift.ts';
import { imageRequests, type ImageResults } from '../fleet/contract/images.ts';
import { clockRequests, type ClockResults } from '../fleet/contract/clocks.ts';
import { microphoneRequests, type MicrophoneResults } from '../fleet/contract/microphone.ts';
import { overviewRequests, type OverviewResults } from '../fleet/contract/overview.ts';
import { playRequests, type PlayResults } from '../fleet/contract/plays.ts';
import { rolloutRequests, type RolloutResults } from '../fleet/contract/rollout.ts';
import { seriesRequests, type SeriesResults } from '../fleet/contract/series.ts';
import { telemetryRequests, type TelemetryResults } from '../fleet/contract/telemetry.ts';
import { timelineRequests, type TimelineResults } from '../fleet/contract/timeline.ts';
import { updateRequests, type UpdateResults } from '../fleet/contract/update.ts';
import { visitRequests, type VisitResults } from '../fleet/contract/visits.ts';
import { captureRequests, type CaptureResults } from '../instruments/contract/captures.ts';
import { smpRequests, type SmpResults } from '../instruments/contract/smp.ts';
import { classifyRequests, type ClassifyResults } from '../jobs/classify/contract/requests.ts';
import { compareRequests, type CompareResults } from '../jobs/compare/contract/requests.ts';
import { jobRequests, type JobResults } from '../jobs/contract.ts';
import { studyRequests, type StudyResults } from '../jobs/study/contract/requests.ts';
import { keyRequests, type KeyResults } from '../keys/contract.ts';
import { labelledSetRequests, type LabelledSetResults } from '../labelled-sets/contract.ts';
import { tinyRequests, type TinyResults } from '../mlperf-tiny/contract/requests.ts';
import { ownModelRequests, type OwnModelResults } from '../own-models/contract.ts';
import { publishRequests, type PublishResults } from '../publish/contract.ts';
import { recordingRequests, type RecordingResults } from '../recordings/contract.ts';
import { reviewedSetRequests, type ReviewedSetResults } from '../review/contract/labelled-set.ts';
import { reviewRequests, type ReviewResults } from '../review/contract/requests.ts';
import { storeRequests, type StoreResults } from '../store/contract.ts';
import { uncertainRequests, type UncertainResults } from '../uncertain/contract.ts';
import { labRequests, type LabResults } from './lab.ts';
import type { RequestPart } from './roles.ts';

export const requests = {
  ...labRequests,
  ...boardRequests,
  ...boardLogRequests,
  ...detailsRequests,
  ...imageRequests,
  ...playRequests,
  ...telemetryRequests,
  ...seriesRequests,
  ...timelineRequests,
  ...clockRequests,
  ...batteryRequests,
  ...overviewRequests,
  ...microphoneRequests,
  ...updateRequests,
  ...rolloutRequests,
  ...visitRequests,
  ...alertRequests,
  ...driftRequests,
  ...bankRequests,
  ...ownModelRequests,
  ...keyRequests,
  ...recordingRequests,
  ...dataSetRequests,
  ...jobRequests,
  ...classifyRequests,
  ...detectionRequests,
  ...writingRequests,
  ...scoringRequests,
  ...reviewRequests,
  ...reviewedSetRequests,
  ...labelledSetRequests,
  ...uncertainRequests,
  ...studyRequests,
  ...compareRequests,
  ...storeRequests,
  ...dataRequests,
  ...publishRequests,
  ...captureRequests,
  ...tinyRequests,
  ...smpRequests,
} as const satisfies Record<string, RequestPart>;

export type RequestName = keyof typeof requests;
export type RequestParams<N extends RequestName> = v.InferInput<(typeof requests)[N]['params']>;

export interface RequestResults
  extends
    LabResults,
    BoardResults,
    BoardLogResults,
    DetailsResults,
    ImageResults,
    PlayResults,
    TelemetryResults,
    SeriesResults,
    TimelineResults,
    ClockResults,
    BatteryResults,
    OverviewResults,
    MicrophoneResults,
    UpdateResults,
    RolloutResults,
    VisitResults,
    AlertResults,
    DriftResults,
    BankResults,
    OwnModelResults,
    KeyResults,
    RecordingResults,
    DataSetResults,
    JobResults,
    ClassifyResults,
    DetectionResults,
    WritingResults,
    ScoringResults,
    ReviewResults,
    ReviewedSetResults,
    LabelledSetResults,
    UncertainResults,
    StudyResults,
    CompareResults,
    StoreResults,
    DataResults,
    PublishResults,
    CaptureResults,
    TinyResults,
    SmpResults {}
export type RequestResult<N extends RequestName> = RequestResults[N];
