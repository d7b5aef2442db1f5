/** GUANO: what bat detectors and other recorders write into a chunk of their WAV files, line by line. */
import { isoTime, type ToldTime } from './told-time.ts';
import { place, type Place, type RecorderFacts } from './facts.ts';

export interface Guano {
  time: ToldTime | null;
  where: Place | null;
  recorder: RecorderFacts;
}

/** What our own words for a recorder are called there. */
const named: Record<string, string> = {
  Make: 'make',
  Model: 'model',
  Serial: 'id',
  'Firmware Version': 'firmware',
  'Temperature Int': 'temperatureC',
  'Temperature Ext': 'temperatureOutsideC',
  Humidity: 'humidityPercent',
};
const batteries = /(^|\|)battery( voltage)?$/i;
const gains = /(^|\|)gain$/i;
/** More of one are left out. */
const mostFields = 64;
const mostCharacters = 500;

/** @param bytes of the chunk @returns null where they are no GUANO */
export function guanoOf(bytes: Uint8Array): Guano | null {
  const fields = fieldsOf(new TextDecoder('utf-8').decode(bytes));
  if (!fields.has('GUANO|Version')) return null;
  const timestamp = fields.get('Timestamp');
  const [latitude, longitude] = (fields.get('Loc Position') ?? '').trim().split(/[\s,]+/);
  const recorder: RecorderFacts = {};
  for (const [key, text] of fields) {
    if (key === 'GUANO|Version' || key === 'Timestamp' || key === 'Loc Position') continue;
    if (Object.keys(recorder).length >= mostFields) break;
    const own = named[key] ?? (batteries.test(key) ? 'batteryVolts' : gains.test(key) ? 'gain' : key);
    const number =
      /^[+-]?\d+(\.\d+)?$/.test(text) && own !== 'id' && own !== 'firmware' ? Number(text) : null;
    recorder[own] ??= number ?? text;
  }
  return {
    time: timestamp === undefined ? null : isoTime(timestamp),
    where: place(latitude, longitude),
    recorder,
  };
}

/** Of a key that comes twice the first is meant. */
function fieldsOf(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of text.replaceAll('\0', '').split(/\r?\n|\r/)) {
    const colon = line.indexOf(':');
    if (colon < 1) continue;
    const key = line.slice(0, colon).replace('\uFEFF', '').trim().slice(0, mostCharacters);
    const value = line
      .slice(colon + 1)
      .trim()
      .replaceAll('\\n', '\n')
      .slice(0, mostCharacters);
    if (key !== '' && value !== '' && !fields.has(key)) fields.set(key, value);
  }
  return fields;
}
