import { describe, expect, it } from 'vitest';
import { discoveryText, discoveryTopic, isNamed, stateText, topicsOf } from './board-messages.ts';
import { Summaries } from './summaries.ts';
import type { Board, NamedRecord } from '../../contract/types.ts';

const board = {
  ...{ id: '0123456789abcdef', state: 'attached', message: null, kind: 'mps2-an386', firmware: '1.2.3' },
  ...{ supplyMillivolts: null, temperatureC: -3.5, lastSeenMs: 1_790_000_000_000, activeRouter: null },
  activeExpert: { name: 'night', version: 2, sha256: '', bits: 4, ternary: false },
} as unknown as Board;

const named = { name: 'Hut "north"', site: 'Reed bed', group: '' };
const record = (changes: Partial<NamedRecord>): NamedRecord =>
  ({
    ...{
      boardId: board.id,
      featuresUs: 1000,
      encoderUs: 2000,
      routerUs: 0,
      expertUs: 500,
      energyNanojoule: 4000,
    },
    ...{
      latencySource: 'measured',
      energySource: 'modelled',
      levelDb: -30,
      noiseFloorDb: null,
      className: 'rain',
    },
    ...{ topProbability: 0.75, atMs: 1_790_000_000_000 },
    ...changes,
  }) as NamedRecord;

describe('what is said of a board', () => {
  it('is its state with what is known, null for the rest, units in the names', () => {
    const told = { ...board, supplyMillivolts: 3300, temperatureC: null, lastSeenMs: null };
    expect(JSON.parse(stateText({ board: told, ...named, summary: null }))).toEqual({
      ...{ state: board.state, message: board.message, ...named, firmware: board.firmware },
      ...{ expert: 'night', last_seen: null, supply_volts: 3.3, temperature_celsius: null },
    });
  });

  it('sums up what it recorded: means of what is told, the last class, where figures come from', () => {
    const summaries = new Summaries();
    expect(summaries.of(board.id)).toBeNull();
    summaries.add(board.id, [record({}), record({ expertUs: 1500, levelDb: null })]);
    summaries.add(board.id, [record({ className: null, topProbability: 0.5, levelDb: -20 })]);
    expect(summaries.close()).toEqual([board.id]);
    const summary = summaries.of(board.id);
    expect(JSON.parse(stateText({ board, ...named, summary }))).toMatchObject({
      ...{ records: 3, latency_ms: (3.5 + 4.5 + 3.5) / 3, latency_source: 'measured' },
      ...{ energy_microjoules: 4, energy_source: 'modelled', level_dbfs: -25, noise_floor_dbfs: null },
      ...{ last_class: null, top_probability: 0.5, last_record: '2026-09-21T14:13:20.000Z' },
    });
    // Nothing new: the last stretch stands.
    expect(summaries.close()).toEqual([]);
    expect(summaries.of(board.id)).toEqual(summary);
    summaries.add(board.id, [record({ latencySource: 'none' })]);
    summaries.close();
    expect(summaries.of(board.id)).toMatchObject({ records: 1, latencyMs: null });
    summaries.forget(board.id);
    expect(summaries.of(board.id)).toBeNull();
  });

  it('names topics by serial numbers alone', () => {
    expect([{ id: 'port:/dev/ttyUSB0' }, { id: '0123456789abcdef' }].map(isNamed)).toEqual([false, true]);
    const topics = topicsOf('wald/curlew');
    expect(topics.state('0123456789abcdef')).toBe('wald/curlew/boards/0123456789abcdef/state');
  });
});

describe('what Home Assistant is told', () => {
  const topics = topicsOf('curlew');
  const config = JSON.parse(discoveryText({ board, ...named }, topics, '1.2.3')) as {
    device: object;
    components: Record<
      string,
      { value_template: string; availability: { topic: string }[]; unique_id: string }
    >;
  };

  it('is one device a board, with a sensor for each figure that the state has', () => {
    expect(discoveryTopic('homeassistant', board.id)).toBe(
      'homeassistant/device/curlew_0123456789abcdef/config',
    );
    expect(config.device).toMatchObject({
      ...{ identifiers: ['curlew_0123456789abcdef'], name: 'Hut "north"', suggested_area: 'Reed bed' },
      ...{ serial_number: board.id, sw_version: board.firmware },
    });
    const summaries = new Summaries();
    summaries.add(board.id, [record({})]);
    summaries.close();
    const state = JSON.parse(stateText({ board, ...named, summary: summaries.of(board.id) })) as object;
    const keys = Object.values(config.components).map(
      ({ value_template }) => /^\{\{ value_json\.([a-z_]+) \}\}$/.exec(value_template)![1],
    );
    expect(Object.keys(state)).toEqual(expect.arrayContaining(keys));
    expect(keys).toHaveLength(9);
    expect(new Set(Object.values(config.components).map(({ unique_id }) => unique_id)).size).toBe(9);
  });

  it('is that figures are of a board that is there, and its state of a lab that is', () => {
    const { state, ...figures } = config.components;
    expect(state!.availability).toEqual([{ topic: 'curlew/status' }]);
    for (const { availability } of Object.values(figures))
      expect(availability.map(({ topic }) => topic)).toEqual([topics.status, topics.availability(board.id)]);
  });
});
