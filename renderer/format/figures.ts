/** Figures as people read them: three significant digits and the unit that fits. */

export interface Figure {
  value: string;
  unit: string;
}

const digits = (value: number): string =>
  value === 0 ? '0' : value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);

function scaled(value: number, units: readonly (readonly [size: number, unit: string])[]): Figure {
  const [size, unit] = units.find(([least]) => Math.abs(value) >= least) ?? units[units.length - 1]!;
  return { value: digits(value / size), unit };
}

/** Microseconds. */
export const duration = (microseconds: number): Figure =>
  scaled(microseconds, [
    [1e6, 's'],
    [1e3, 'ms'],
    [1, 'µs'],
  ]);

/** Nanojoules. */
export const energy = (nanojoules: number): Figure =>
  scaled(nanojoules, [
    [1e9, 'J'],
    [1e6, 'mJ'],
    [1e3, 'µJ'],
    [1, 'nJ'],
  ]);

/** Bytes, in thousands, as line rates are: the share of a line is then plain to see. */
export const bytes = (count: number): Figure =>
  count < 1000
    ? { value: String(count), unit: 'B' }
    : scaled(count, [
        [1e9, 'GB'],
        [1e6, 'MB'],
        [1e3, 'kB'],
      ]);

export const inOne = ({ value, unit }: Figure): string => `${value} ${unit}`;

export const percent = (share: number, places = 1): string => `${(share * 100).toFixed(places)} %`;

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
export const baseName = (path: string): string => path.split(/[\\/]/).filter(Boolean).pop() ?? path;
