import { onScopeDispose, ref, type Ref } from 'vue';

/** A design token's colour as a canvas can use it (a canvas knows neither var() nor light-dark()). */
export function tokenColour(token: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${token})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** Counts the changes of light and dark, so that canvases know when to draw again. */
export function useThemeChanges(): Ref<number> {
  const changes = ref(0);
  const changed = () => void changes.value++;
  const system = matchMedia('(prefers-color-scheme: dark)');
  const chosen = new MutationObserver(changed);
  system.addEventListener('change', changed);
  chosen.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  onScopeDispose(() => {
    system.removeEventListener('change', changed);
    chosen.disconnect();
  });
  return changes;
}

/** OKLab lightness and chroma, and hue in degrees, of a level from 0 to 1. */
const maps = {
  /** Near black over violet and green to pale yellow. */
  dusk: (t) => [0.17 + 0.78 * t, 0.05 + 0.1 * Math.sin(Math.PI * Math.min(1, 0.12 + 0.8 * t)), 300 - 200 * t],
  /** Near black over red and orange to near white. */
  ember: (t) => [0.14 + 0.83 * t, 0.16 * Math.sin(Math.PI * Math.min(1, 0.05 + 0.92 * t)), 10 + 90 * t],
  /** White to black, as printed. */
  paper: (t) => [0.99 - 0.87 * t, 0, 0],
} as const satisfies Record<string, (t: number) => readonly [lightness: number, chroma: number, hue: number]>;
export type SoundColours = keyof typeof maps;
export const soundColourNames = Object.keys(maps) as SoundColours[];

/**
 * 256 RGB triples, even in OKLab lightness: equal steps of the value look like equal steps of brightness.
 * OKLab to sRGB after B. Ottosson, "A perceptual color space for image processing" (2020).
 */
export function soundColours(name: SoundColours = 'dusk'): Uint8ClampedArray {
  const colours = new Uint8ClampedArray(256 * 3);
  for (let i = 0; i < 256; i++) {
    const [lightness, chroma, degrees] = maps[name](i / 255);
    const hue = (degrees * Math.PI) / 180;
    colours.set(oklabToRgb(lightness, chroma * Math.cos(hue), chroma * Math.sin(hue)), 3 * i);
  }
  return colours;
}

function oklabToRgb(lightness: number, a: number, b: number): [number, number, number] {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const encode = (linear: number) =>
    255 * (linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055);
  return [
    encode(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    encode(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    encode(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}
