/** What was changed of a board's settings, for its log. */
import type { BoardSettings } from '../contract/types.ts';
import { settingValue, settingWords } from './contract/setting-words.ts';

/** “latitude 52 ° → 52.1 °, …”; null where nothing differs. */
export function settingChanges(before: BoardSettings, after: BoardSettings): string | null {
  const changes = (Object.keys(settingWords) as (keyof BoardSettings)[])
    .filter((key) => before[key] !== after[key])
    .map(
      (key) => `${settingWords[key][0]} ${settingValue(key, before[key])} → ${settingValue(key, after[key])}`,
    );
  return changes.length === 0 ? null : `Settings: ${changes.join(', ')}.`;
}
