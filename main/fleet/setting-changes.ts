/** What was changed of a board's settings, for its log. */
import type { BoardSettings } from '../contract/types.ts';

const words: Record<keyof BoardSettings, [name: string, unit: string]> = {
  name: ['name', ''],
  latitude: ['latitude', '°'],
  longitude: ['longitude', '°'],
  microphoneRate: ['microphone rate', ' Hz'],
  listenS: ['listening', ' s'],
  periodS: ['period', ' s'],
  hopSamples: ['samples between windows', ''],
  leastProbability: ['least top probability', ''],
  mostEntropy: ['most entropy', ' nats'],
  telemetryIntervalMs: ['time between records', ' ms'],
  autoStart: ['listens from its start on', ''],
};

function valueOf(value: BoardSettings[keyof BoardSettings], unit: string): string {
  if (value === null || value === '') return 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return `${value}${unit}`;
}

/** “latitude 52 ° → 52.1 °, …”; null where nothing differs. */
export function settingChanges(before: BoardSettings, after: BoardSettings): string | null {
  const changes = (Object.keys(words) as (keyof BoardSettings)[])
    .filter((key) => before[key] !== after[key])
    .map((key) => {
      const [name, unit] = words[key];
      return `${name} ${valueOf(before[key], unit)} → ${valueOf(after[key], unit)}`;
    });
  return changes.length === 0 ? null : `Settings: ${changes.join(', ')}.`;
}
