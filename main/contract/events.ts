/** What the lab tells the page without being asked: the rooms' parts, joined. */
import type { BankEvents } from '../banks/contract.ts';
import type { AlertEvents } from '../fleet/alerts/contract/alerts.ts';
import type { BoardLogEvents } from '../fleet/contract/board-log.ts';
import type { BoardEvents } from '../fleet/contract/boards.ts';
import type { DetailsEvents } from '../fleet/contract/details.ts';
import type { DataEvents } from '../data/contract.ts';
import type { PlayEvents } from '../fleet/contract/plays.ts';
import type { RolloutEvents } from '../fleet/contract/rollout.ts';
import type { TelemetryEvents } from '../fleet/contract/telemetry.ts';
import type { CaptureEvents } from '../instruments/contract/captures.ts';
import type { JobEvents } from '../jobs/contract.ts';
import type { StudyEvents } from '../jobs/study/contract/requests.ts';
import type { KeyEvents } from '../keys/contract.ts';
import type { OwnModelEvents } from '../own-models/contract.ts';
import type { PublishEvents } from '../publish/contract.ts';
import type { UncertainEvents } from '../uncertain/contract.ts';
import type { LabOwnEvents } from './lab.ts';

export interface LabEvents
  extends
    LabOwnEvents,
    DataEvents,
    BankEvents,
    AlertEvents,
    BoardEvents,
    BoardLogEvents,
    CaptureEvents,
    DetailsEvents,
    PlayEvents,
    RolloutEvents,
    TelemetryEvents,
    JobEvents,
    KeyEvents,
    OwnModelEvents,
    PublishEvents,
    StudyEvents,
    UncertainEvents {}
export type EventName = keyof LabEvents;
/** Tells every page. */
export type Emit = <E extends EventName>(event: E, payload: LabEvents[E]) => void;
