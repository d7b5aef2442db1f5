/** What the firmware itself takes on a Cortex-M4, in bytes: written by `npm run bench -- firmware-size`. */
import sizes from './profiles/firmware-sizes.json';

export interface FirmwareSizes {
  /** code and constants */
  readonly code: number;
  /** static RAM, the stack's bound included */
  readonly ram: number;
  /** of the code and constants: log-mel, encoder and the kernels that they use */
  readonly frontEndFlash: number;
  /** of the RAM: samples, log-mel, activations and their scratch */
  readonly encoderRam: number;
}

export const firmwareSizes: FirmwareSizes = sizes;
