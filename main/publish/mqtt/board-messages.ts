/** What is said of a board over MQTT: its state as JSON, and how Home Assistant is to show it. */
import type { Board } from '../../contract/types.ts';
import type { Summary } from './summaries.ts';

export interface ToldBoard {
  board: Board;
  name: string;
  site: string;
  group: string;
  summary: Summary | null;
}

export interface Topics {
  /** `online`, `offline`: whether the lab is there. */
  status: string;
  alerts: string;
  /** Where the lab tries whether what it says comes back. */
  test: string;
  state(boardId: string): string;
  /** `online`, `offline`: whether the board is there. */
  availability(boardId: string): string;
}

export const topicsOf = (prefix: string): Topics => ({
  status: `${prefix}/status`,
  alerts: `${prefix}/alerts`,
  test: `${prefix}/test`,
  state: (boardId) => `${prefix}/boards/${boardId}/state`,
  availability: (boardId) => `${prefix}/boards/${boardId}/availability`,
});

/** Before a board has told its serial number it has no name that lasts. */
export const isNamed = ({ id }: Pick<Board, 'id'>): boolean => /^[0-9a-f]{16}$/.test(id);

export const isThere = ({ state }: Pick<Board, 'state'>): boolean => state === 'attached' || state === 'busy';

/** Null: not known. Means are over the last stretch of time in which it recorded anything. */
export function stateText({ board, name, site, group, summary }: ToldBoard): string {
  const { supplyMillivolts, lastSeenMs } = board;
  return JSON.stringify({
    ...{ state: board.state, message: board.message, name, site, group },
    ...{ firmware: board.firmware, expert: (board.activeRouter ?? board.activeExpert)?.name ?? null },
    last_seen: lastSeenMs === null ? null : new Date(lastSeenMs).toISOString(),
    supply_volts: supplyMillivolts === null ? null : supplyMillivolts / 1000,
    temperature_celsius: board.temperatureC,
    ...(summary && {
      ...{ records: summary.records, last_class: summary.lastClass, top_probability: summary.topProbability },
      ...{ latency_ms: summary.latencyMs, latency_source: summary.latencySource },
      ...{ energy_microjoules: summary.energyMicrojoules, energy_source: summary.energySource },
      ...{ level_dbfs: summary.levelDb, noise_floor_dbfs: summary.noiseFloorDb },
      last_record: new Date(summary.lastMs).toISOString(),
    }),
  });
}

interface Sensor {
  /** Of the JSON. */
  key: string;
  name: string;
  unit?: string;
  /** Home Assistant's own words (https://www.home-assistant.io/integrations/sensor/#device-class). */
  deviceClass?: string;
  isText?: true;
  places?: number;
}

const sensors: readonly Sensor[] = [
  { key: 'latency_ms', name: 'Latency', unit: 'ms', deviceClass: 'duration', places: 2 },
  { key: 'energy_microjoules', name: 'Energy an inference', unit: 'µJ', places: 1 },
  { key: 'last_class', name: 'Last class', isText: true },
  { key: 'top_probability', name: 'Top probability', places: 2 },
  { key: 'supply_volts', name: 'Supply', unit: 'V', deviceClass: 'voltage', places: 2 },
  { key: 'temperature_celsius', name: 'Temperature', unit: '°C', deviceClass: 'temperature', places: 1 },
  { key: 'level_dbfs', name: 'Level', unit: 'dBFS', places: 1 },
  { key: 'noise_floor_dbfs', name: 'Noise floor', unit: 'dBFS', places: 1 },
];

/** One message makes the device with all its sensors (Home Assistant 2024.11 and later). */
export const discoveryTopic = (discoveryPrefix: string, boardId: string): string =>
  `${discoveryPrefix}/device/curlew_${boardId}/config`;

/** @param version of this program */
export function discoveryText(
  { board, name, site }: Omit<ToldBoard, 'summary'>,
  topics: Topics,
  version: string,
): string {
  const { id } = board;
  const lab = { topic: topics.status };
  const there = { topic: topics.availability(id) };
  const sensor = (one: Sensor, availability: readonly object[]): object => ({
    ...{ platform: 'sensor', unique_id: `curlew_${id}_${one.key}`, name: one.name },
    ...{ state_topic: topics.state(id), value_template: `{{ value_json.${one.key} }}` },
    ...{ availability, availability_mode: 'all' },
    ...(one.unit !== undefined && { unit_of_measurement: one.unit }),
    ...(one.deviceClass !== undefined && { device_class: one.deviceClass }),
    ...(one.places !== undefined && { suggested_display_precision: one.places }),
    ...(!one.isText && { state_class: 'measurement' }),
  });
  return JSON.stringify({
    device: {
      ...{ identifiers: [`curlew_${id}`], name, manufacturer: 'Curlew', model: board.kind },
      ...{ serial_number: id, sw_version: board.firmware },
      ...(site !== '' && { suggested_area: site }),
    },
    origin: { name: 'Curlew', sw_version: version },
    components: {
      // What a board that is away is like is said as well.
      state: sensor({ key: 'state', name: 'State', isText: true }, [lab]),
      ...Object.fromEntries(sensors.map((one) => [one.key, sensor(one, [lab, there])])),
    },
  });
}
