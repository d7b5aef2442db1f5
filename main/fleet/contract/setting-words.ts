/** What settings are called, and their units. */
import type { BoardSettings } from '../../contract/settings.ts';

export const settingWords: Record<keyof BoardSettings, readonly [name: string, unit: string]> = {
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
  uncertainPercent: ['flash for uncertain windows', ' %'],
  uncertainPaceS: ['time between uncertain windows', ' s'],
};

export function settingValue(name: keyof BoardSettings, value: BoardSettings[keyof BoardSettings]): string {
  if (value === null || value === '') return 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return `${value}${settingWords[name][1]}`;
}

/** “period 60 s”; “period as it is” where nothing is wanted. */
export const settingWord = (
  name: keyof BoardSettings,
  value: BoardSettings[keyof BoardSettings] | undefined,
): string => `${settingWords[name][0]} ${value === undefined ? 'as it is' : settingValue(name, value)}`;
