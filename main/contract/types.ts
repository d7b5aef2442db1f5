/**
 * What the lab and the page talk about: each room's part, joined. Plain data only: structured clone and CBOR both
 * carry it. Times are milliseconds since 1970 (UTC) unless a name says otherwise; byte arrays are Uint8Array.
 */
export type * from '../banks/contract.ts';
export type * from '../data/contract.ts';
export type * from '../datasets/contract.ts';
export type * from '../detections/contract/filter.ts';
export type * from '../detections/contract/requests.ts';
export type * from '../detections/contract/rows.ts';
export type * from '../detections/contract/scoring.ts';
export type * from '../detections/contract/writing.ts';
export type * from '../fleet/alerts/contract/alerts.ts';
export type * from '../fleet/contract/battery.ts';
export type * from '../fleet/contract/board-log.ts';
export type * from '../fleet/contract/boards.ts';
export type * from '../fleet/contract/details.ts';
export type * from '../fleet/contract/drift.ts';
export type * from '../fleet/contract/images.ts';
export type * from '../fleet/contract/clocks.ts';
export type * from '../fleet/contract/microphone.ts';
export type * from '../fleet/contract/overview.ts';
export type * from '../fleet/contract/plays.ts';
export type * from '../fleet/contract/results.ts';
export type * from '../fleet/contract/rollout.ts';
export type * from '../fleet/contract/series.ts';
export type * from '../fleet/contract/telemetry.ts';
export type * from '../fleet/contract/timeline.ts';
export type * from '../fleet/contract/update.ts';
export type * from '../fleet/contract/visits.ts';
export type * from '../fleet/contract/wanted.ts';
export type * from '../jobs/classify/contract/requests.ts';
export type * from '../jobs/classify/contract/grid.ts';
export type * from '../jobs/classify/contract/provenance.ts';
export type * from '../jobs/classify/contract/results.ts';
export type * from '../jobs/classify/contract/rows.ts';
export type * from '../jobs/classify/contract/settings.ts';
export type * from '../jobs/contract.ts';
export type * from '../jobs/study/contract/requests.ts';
export type * from '../jobs/study/contract/results.ts';
export type * from '../keys/contract.ts';
export type * from '../labelled-sets/contract.ts';
export type * from '../own-models/contract.ts';
export type * from '../publish/contract.ts';
export type * from '../recordings/contract.ts';
export type * from '../review/contract/rows.ts';
export type * from '../store/contract.ts';
export type * from './lab.ts';
export type { BoardSettings } from './settings.ts';
