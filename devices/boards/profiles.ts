/**
 * Named board profiles (clock, current, supply, memory) and the table of instructions each kernel takes: what modelled
 * time and energy are computed from. Data, in profiles/*.json; `source` in each says where the figures come from.
 * Whether the firmware fits one says fit.ts.
 */
import { CurlewError } from '../../main/contract/error.ts';
import ensembleE3 from './profiles/ensemble-e3-160mhz.json';
import kernelsCortexM4f from './profiles/kernels-cortex-m4f.json';
import mps2An385 from './profiles/mps2-an385-25mhz.json';
import stm32f407 from './profiles/stm32f407-168mhz.json';
import stm32h7a3 from './profiles/stm32h7a3-280mhz.json';
import stm32l100 from './profiles/stm32l100-32mhz.json';
import stm32l476 from './profiles/stm32l476-80mhz.json';
import stm32l496 from './profiles/stm32l496-80mhz.json';
import stm32l4r5 from './profiles/stm32l4r5-120mhz.json';

export interface BoardProfile {
  /** At most 31 bytes of ASCII: the board reports it. */
  readonly name: string;
  readonly title: string;
  /** As in the kernel table: its counts hold for this core alone. */
  readonly core: string;
  readonly clockHz: number;
  readonly supplyVolts: number;
  /** Whole supply current while the processor runs, milliamperes; null: not known, and energy is not told. */
  readonly activeMilliamps: number | null;
  /**
   * Whole supply current between inferences, milliamperes: asleep with its clocks running, so that a microphone is read; and
   * stopped, its memory kept, until a timer wakes it. Null: not known, and how long a battery lasts is not told.
   */
  readonly sleepMilliamps: number | null;
  readonly stopMilliamps: number | null;
  readonly cyclesPerInstruction: number;
  /** Of the chip, bytes; the firmware's code lies there too. */
  readonly flashBytes: number;
  /** Erased at once, bytes; the largest where they differ. */
  readonly flashBlock: number;
  /** Programmed at once, bytes. */
  readonly flashGranule: number;
  readonly ramBytes: number;
  readonly source: string;
  /** Of the currents between inferences; empty where they are not known. */
  readonly idleSource: string;
}

/** Kernels in the order of `enum cur_kernel` in devices/firmware/hal/hal.h, which also says each one's unit. */
export const kernelNames = [
  'frame',
  'statistics',
  'scale',
  'quant',
  'quant_ternary',
  'norm',
  'relu',
  'float',
  'softmax',
  'dropout',
  'route',
  'prepare_1',
  'block_1',
  'row_1',
  'prepare_2',
  'block_2',
  'row_2',
  'prepare_t',
  'block_t',
  'row_t',
  'prepare_4',
  'block_4',
  'row_4',
  'prepare_8',
  'block_8',
  'row_8',
  'prepare_16',
  'block_16',
  'row_16',
  'quant_static',
  'input',
  'conv_window',
  'gather_row',
  'gather',
  'conv_output',
  'depthwise_row',
  'depthwise_whole',
  'depthwise_part',
  'depthwise_tap',
  'average_cell',
  'average_output',
  'max_cell',
  'max_output',
  'mean',
  'level',
  'fused_row',
  'fused_move',
  'conv_prepare',
  'conv_block',
  'gather_window',
] as const;

export type KernelName = (typeof kernelNames)[number];

export interface KernelTable {
  readonly core: string;
  readonly source: string;
  /** Instructions a unit of each kernel. */
  readonly instructions: Readonly<Record<KernelName, number>>;
}

export const boardProfiles: readonly BoardProfile[] = [
  stm32l4r5,
  stm32l496,
  stm32l476,
  stm32f407,
  stm32l100,
  mps2An385,
  stm32h7a3,
  ensembleE3,
];

/** MLPerf Tiny's reference board: it holds the firmware and the shipped bank whole. */
export const defaultProfile: BoardProfile = stm32l4r5;

export const kernelTable: KernelTable = kernelsCortexM4f;

/** @throws CurlewError REQUEST_INVALID for a name that is none of the profiles' */
export function boardProfile(name: string): BoardProfile {
  const found = boardProfiles.find((profile) => profile.name === name);
  if (found) return found;
  const names = boardProfiles.map((profile) => profile.name).join(', ');
  throw new CurlewError('REQUEST_INVALID', `There is no board profile “${name}”. There are: ${names}.`, {
    name,
  });
}

/** Time one instruction takes, nanoseconds. */
export function nanosecondsPerInstruction(profile: BoardProfile): number {
  return (profile.cyclesPerInstruction * 1e9) / profile.clockHz;
}

/** Power while the processor runs, watts; 0: not known. */
export function activeWatts(profile: BoardProfile): number {
  return (profile.supplyVolts * (profile.activeMilliamps ?? 0)) / 1000;
}

/** Power between inferences, watts, while it listens and while it does not; null: not known. */
export function idleWatts(
  profile: BoardProfile,
): { listening: number; asleep: number; source: string } | null {
  const { supplyVolts, sleepMilliamps, stopMilliamps, idleSource } = profile;
  if (sleepMilliamps === null || stopMilliamps === null) return null;
  const watts = (milliamps: number): number => (supplyVolts * milliamps) / 1000;
  return { listening: watts(sleepMilliamps), asleep: watts(stopMilliamps), source: idleSource };
}
