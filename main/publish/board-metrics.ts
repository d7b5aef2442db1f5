/** What is told of boards to Prometheus: where they stand now, and what they did in the last hour. */
import type { Board, BoardOverview } from '../contract/types.ts';
import type { Metric, Sample } from './exposition.ts';

export interface MeasuredBoard {
  board: Pick<Board, 'id' | 'state' | 'supplyMillivolts' | 'temperatureC' | 'lastSeenMs'>;
  name: string;
  site: string;
  group: string;
  /** That nobody has acknowledged or snoozed. */
  alertsOpen: number;
  /** Of the last hour; null where it recorded nothing. */
  did: BoardOverview | null;
}

type Labels = Sample['labels'];
/** Beside the board's own labels. */
type Value = readonly [value: number, labels?: Labels];
/** Null: it is not known of this board, which has no sample then. */
type Values = (one: MeasuredBoard) => Value | readonly Value[] | null;

/** What it last said itself is told as long as it is there: afterwards it is no figure of now. */
const isThere = ({ board }: MeasuredBoard): boolean => board.state === 'attached' || board.state === 'busy';
/** In a unit of which so many make one. */
const scaled = (value: number | null, per: number): Value | null => (value === null ? null : [value / per]);
const now = (figure: 'supplyMillivolts' | 'temperatureC', per: number): Values => {
  return (one) => (isThere(one) ? scaled(one.board[figure], per) : null);
};
const mean = (
  figure: 'topProbability' | 'entropy' | 'curiosity' | 'levelDb' | 'noiseFloorDb' | 'clippedShare',
): Values => {
  return ({ did }) => did && scaled(did[figure], 1);
};

/** `source` tells where a figure comes from: measured, counted or modelled. */
const figures: readonly (readonly [name: string, help: string, values: Values])[] = [
  [
    'curlew_board_state',
    'The state that the board is in, 1 for that state.',
    ({ board: { state } }) => [1, { state }],
  ],
  [
    'curlew_board_last_seen_timestamp_seconds',
    'When the board last answered, seconds since 1970.',
    ({ board }) => scaled(board.lastSeenMs, 1000),
  ],
  [
    'curlew_board_alerts_open',
    'Alerts of the board that nobody has acknowledged or snoozed.',
    ({ alertsOpen }) => [alertsOpen],
  ],
  ['curlew_board_supply_volts', 'Supply voltage as the board last told it.', now('supplyMillivolts', 1000)],
  ['curlew_board_temperature_celsius', 'Temperature as the board last told it.', now('temperatureC', 1)],
  [
    'curlew_board_hour_inferences',
    'Inferences recorded in the last hour.',
    ({ did }) => did && [did.records],
  ],
  [
    'curlew_board_latency_seconds',
    'Latency of an inference over the last hour, seconds, at a percentile.',
    ({ did }) => {
      if (!did?.latencyUs) return null;
      const { latencyUs, latencySource: source } = did;
      return [
        [latencyUs.p50 / 1e6, { source, percentile: '50' }],
        [latencyUs.p95 / 1e6, { source, percentile: '95' }],
      ];
    },
  ],
  [
    'curlew_board_energy_joules',
    'Mean energy of an inference over the last hour, joules.',
    ({ did }) =>
      did?.energyNanojoule ? [did.energyNanojoule.mean / 1e9, { source: did.energySource }] : null,
  ],
  [
    'curlew_board_top_probability_ratio',
    'Mean top probability over the last hour, 0 to 1.',
    mean('topProbability'),
  ],
  ['curlew_board_entropy_nats', 'Mean entropy of the answers over the last hour, nats.', mean('entropy')],
  ['curlew_board_curiosity', 'Mean curiosity over the last hour, no unit.', mean('curiosity')],
  [
    'curlew_board_level_dbfs',
    'Mean sound level of the windows over the last hour, decibels of full scale.',
    mean('levelDb'),
  ],
  [
    'curlew_board_noise_floor_dbfs',
    'Mean noise floor (L90) of the windows over the last hour, decibels of full scale.',
    mean('noiseFloorDb'),
  ],
  [
    'curlew_board_clipped_ratio',
    'Share of samples at full scale over the last hour, 0 to 1.',
    mean('clippedShare'),
  ],
];

export function boardMetrics(boards: readonly MeasuredBoard[]): Metric[] {
  const labelled = boards.map((one) => ({
    one,
    labels: { board: one.board.id, name: one.name, site: one.site, group: one.group },
  }));
  return figures.map(([name, help, values]) => ({
    name,
    help,
    samples: labelled.flatMap(({ one, labels }) => samplesOf(values(one), labels)),
  }));
}

function samplesOf(values: ReturnType<Values>, labels: Labels): Sample[] {
  if (!values) return [];
  const all = isOne(values) ? [values] : values;
  return all.map(([value, more]) => ({ labels: more ? { ...labels, ...more } : labels, value }));
}

const isOne = (values: Value | readonly Value[]): values is Value => typeof values[0] === 'number';
