import { groups, quickMs, slowMs, type Command } from '../command.ts';
import type { Fields } from '../fields.ts';

/** What a person sets and the board keeps; ranges in PROTOCOL.md, Settings. */
export interface BoardSettings {
  /** Empty: the board's own. */
  name: string;
  /** Degrees; both null where nobody told the board. */
  latitude: number | null;
  longitude: number | null;
  /** Samples a second of the microphone. */
  microphoneRate: number;
  /** Seconds of listening in each period; 0 always. */
  listenS: number;
  periodS: number;
  /** Samples of 16 kHz between windows of continuous inference. */
  hopSamples: number;
  /** Below this top probability a window is recorded as no class. */
  leastProbability: number;
  /** Above this entropy, nats, a window is recorded as no class; 0 off. */
  mostEntropy: number;
  /** Shortest time between telemetry records. */
  telemetryIntervalMs: number;
  /** Continuous inference starts when the board does. */
  autoStart: boolean;
  /** Of the store's flash, for the least certain windows; 0 none. Null: firmware that keeps none. */
  uncertainPercent: number | null;
  /** Shortest time between two such windows. Null as above. */
  uncertainPaceS: number | null;
}

const degrees = (value: number): number | null => (Number.isNaN(value) ? null : value);

const decode = (reply: Fields): BoardSettings => ({
  name: reply.text('name'),
  latitude: degrees(reply.single('lat')),
  longitude: degrees(reply.single('lon')),
  microphoneRate: reply.number('mic'),
  listenS: reply.number('listen'),
  periodS: reply.number('period'),
  hopSamples: reply.number('hop'),
  leastProbability: reply.single('minp'),
  mostEntropy: reply.single('maxh'),
  telemetryIntervalMs: reply.number('interval'),
  autoStart: reply.bool('auto'),
  uncertainPercent: reply.has('uncertain') ? reply.number('uncertain') : null,
  uncertainPaceS: reply.has('pace') ? reply.number('pace') : null,
});

export const boardSettings: Command<void, BoardSettings> = {
  name: 'board settings',
  operation: 'read',
  group: groups.board,
  id: 1,
  repeatable: true,
  timeoutMs: quickMs,
  encode: () => ({}),
  decode,
};

/** All of them at once: the board checks them as a whole, and answers when they are durable. */
export const boardSet: Command<BoardSettings, BoardSettings> = {
  name: 'board set',
  operation: 'write',
  group: groups.board,
  id: 1,
  repeatable: true,
  timeoutMs: slowMs,
  encode: (settings) => ({
    name: settings.name,
    lat: settings.latitude ?? NaN,
    lon: settings.longitude ?? NaN,
    mic: settings.microphoneRate,
    listen: settings.listenS,
    period: settings.periodS,
    hop: settings.hopSamples,
    minp: settings.leastProbability,
    maxh: settings.mostEntropy,
    interval: settings.telemetryIntervalMs,
    auto: settings.autoStart,
    ...(settings.uncertainPercent === null ? {} : { uncertain: settings.uncertainPercent }),
    ...(settings.uncertainPaceS === null ? {} : { pace: settings.uncertainPaceS }),
  }),
  decode,
};
