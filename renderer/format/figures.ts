/** Figures as the page shows them; what is written alike everywhere is the contract's. */

export { bytes, duration, energy, inOne, percent, type Figure } from '../../main/contract/figures.ts';

/** A difference that may be very small: two significant digits, powers of ten where they help. */
export function tiny(value: number): string {
  if (value === 0) return '0';
  return Math.abs(value) >= 0.001 && Math.abs(value) < 1000 ? value.toPrecision(2) : value.toExponential(1);
}

/** Seconds as m:ss.s, or h:mm:ss from an hour on. */
export function clock(seconds: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const tenths = Math.round(seconds * 10);
  if (tenths < 36_000) {
    return `${Math.floor(tenths / 600)}:${two(Math.floor((tenths % 600) / 10))}.${tenths % 10}`;
  }
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 3600)}:${two(Math.floor((whole % 3600) / 60))}:${two(whole % 60)}`;
}

/** How long ago, roughly. */
export function ago(ms: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - ms) / 1000));
  if (seconds < 2) return 'now';
  if (seconds < 90) return `${seconds} s ago`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 129_600) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / 86_400)} days ago`;
}

/** The last part of a path of either kind. */
/** A path that begins with a slash is of a system on which a name may hold a backslash. */
export const baseName = (path: string): string =>
  path
    .split(path.startsWith('/') ? '/' : /[\\/]/)
    .filter(Boolean)
    .pop() ?? path;
