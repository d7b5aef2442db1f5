/** The Kaiser window (Oppenheim and Schafer, Discrete-Time Signal Processing, 7.5.3). */

/** Designed attenuation; the measured one is 2 to 5 dB less for sums of several filters. */
export const attenuationDb = 90;

const beta = 0.1102 * (attenuationDb - 8.7);

/**
 * Taps on each side of the centre that a low-pass needs.
 * @param transition width of the transition band over the sample rate
 */
export const halfLength = (transition: number) =>
  Math.ceil((attenuationDb - 7.95) / (2.285 * 2 * Math.PI * transition) / 2) + 1;

/** Modified Bessel function of the first kind, order 0, by its power series. */
function bessel0(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}
const atCentre = bessel0(beta);

/** @param position −1 … 1 from edge to edge */
export function kaiser(position: number): number {
  const inside = 1 - position * position;
  return inside <= 0 ? 0 : bessel0(beta * Math.sqrt(inside)) / atCentre;
}

/** sin(πx) / (πx) */
export const sinc = (x: number) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
