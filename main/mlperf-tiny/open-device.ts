/** Opens a device under test at the rate it speaks at. */
import type { Port } from '../../devices/drivers/port.ts';
import { tinyBaudRates, TinyDut, type TinyOptions } from '../../devices/drivers/mlperf-tiny/tiny-dut.ts';
import { toCurlewError } from '../contract/error.ts';
import type { TinyDevice } from './contract/results.ts';

export type PortAt = (path: string, baudRate: number) => Port;

export interface OpenDevice {
  dut: TinyDut;
  device: TinyDevice;
}

/**
 * @param baudRate the benchmark’s two, one after the other, where it is left out
 * @throws CurlewError as TinyDut.open does at the first rate
 */
export async function openDevice(
  portAt: PortAt,
  portId: string,
  baudRate: number | undefined,
  options: TinyOptions = {},
): Promise<OpenDevice> {
  let why: unknown = null;
  for (const rate of baudRate === undefined ? tinyBaudRates : [baudRate]) {
    try {
      const dut = await TinyDut.open(portAt(portId, rate), options);
      return { dut, device: { portId, baudRate: rate, ...dut.identity } };
    } catch (thrown) {
      why ??= thrown;
      const { code } = toCurlewError(thrown);
      // At another rate it may be heard.
      if (code !== 'BOARD_SILENT' && code !== 'BOARD_GARBAGE') throw thrown;
    }
  }
  throw why;
}
