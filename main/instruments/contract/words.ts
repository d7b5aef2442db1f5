/** Figures of captures as people read them. */
import { inOne, percent, type Figure } from '../../contract/figures.ts';
import type { Energy } from './energy.ts';

const scale = (value: number, units: readonly (readonly [size: number, unit: string])[]): Figure => {
  const [size, unit] = units.find(([least]) => Math.abs(value) >= least) ?? units.at(-1)!;
  const scaled = value / size;
  const places = Math.abs(scaled) >= 100 ? 0 : Math.abs(scaled) >= 10 ? 1 : 2;
  return { value: value === 0 ? '0' : scaled.toFixed(places), unit };
};

const prefixes = (unit: string) =>
  [
    [1, unit],
    [1e-3, `m${unit}`],
    [1e-6, `µ${unit}`],
    [1e-9, `n${unit}`],
  ] as const;

export const amperesText = (amperes: number): string => inOne(scale(amperes, prefixes('A')));
export const wattsText = (watts: number): string => inOne(scale(watts, prefixes('W')));
export const joulesText = (joules: number): string => inOne(scale(joules, prefixes('J')));
export const coulombsText = (coulombs: number): string => inOne(scale(coulombs, prefixes('C')));
export const secondsText = (seconds: number): string => inOne(scale(seconds, prefixes('s')));

/** “252 µJ ± 27.1 µJ (10.8 %)” */
export const withUncertainty = (joules: number, uncertainty: number): string =>
  `${joulesText(joules)} ± ${joulesText(uncertainty)}` +
  (joules === 0 ? '' : ` (${percent(Math.abs(uncertainty / joules))})`);

/** What an uncertainty is made of, largest first. */
export function partsText({ parts }: Energy): string {
  const names = {
    calibration: 'calibration',
    resolution: 'resolution',
    noise: 'noise',
    edges: 'edges of marks',
    lost: 'lost samples',
  };
  return (Object.keys(names) as (keyof typeof names)[])
    .filter((part) => parts[part] > 0)
    .sort((a, b) => parts[b] - parts[a])
    .map((part) => `${names[part]} ${joulesText(parts[part])}`)
    .join(', ');
}
