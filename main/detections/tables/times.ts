/**
 * ISO 8601 with the offset: 2026-11-27T14:03:05.250+02:00; UTC ends with Z.
 * @param offsetMinutes how far local time is ahead of UTC; null where that is not known
 * @returns null where either is not known
 */
export function localTime(ms: number | null, offsetMinutes: number | null): string | null {
  if (ms === null || offsetMinutes === null) return null;
  const text = new Date(ms + offsetMinutes * 60_000).toISOString();
  if (offsetMinutes === 0) return text;
  const minutes = Math.abs(offsetMinutes);
  const two = (value: number): string => String(value).padStart(2, '0');
  const sign = offsetMinutes < 0 ? '-' : '+';
  return `${text.slice(0, -1)}${sign}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
