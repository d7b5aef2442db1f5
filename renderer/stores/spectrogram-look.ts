import { defineStore } from 'pinia';
import { reactive, watch } from 'vue';
import type { SpectrogramWish } from '../../main/contract/types.ts';
import type { SoundColours } from '../design/colour.ts';
import { recall, remember } from './memory.ts';

/** How a person likes recordings to be drawn and played; kept for all of them. */
export interface SpectrogramLook {
  windowSamples: SpectrogramWish['windowSamples'];
  colours: SoundColours;
  /** Brighter by so many decibels. */
  gainDb: number;
  /** From the darkest to the brightest. */
  rangeDb: number;
  /** Of playing; 1: as recorded. */
  speed: number;
}

export const useSpectrogramLook = defineStore('spectrogramLook', () => {
  const look = reactive<SpectrogramLook>({
    windowSamples: 512,
    colours: 'dusk',
    gainDb: 0,
    rangeDb: 60,
    speed: 1,
    ...recall<Partial<SpectrogramLook>>('spectrogram.look'),
  });
  watch(look, (chosen) => remember('spectrogram.look', chosen));
  return { look };
});
