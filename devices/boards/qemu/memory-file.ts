/**
 * What outlasts a QEMU board: its memory is a file that the emulator shares. What the firmware writes is in it at once,
 * so an emulator that is killed leaves what a chip leaves whose power fails.
 */
import { constants } from 'node:fs';
import { open, truncate } from 'node:fs/promises';
import { CurlewError } from '../../../main/contract/error.ts';

/** As in ports/mps/machine.h: behind the flash lies what is retained, three words. */
const flashMost = 0x700000;
const retainedMagic = 0x54455243;
const retainedBytes = 12;
const causeAt = 8;
/** enum cur_cause */
const causePower = 1;
/** Of the file while no emulator runs. */
const keptBytes = flashMost + 4096;

/**
 * Before an emulator is switched on: as long as its memory, mostly holes, and the firmware is told that power came.
 * @throws CurlewError PORT_FAILED where the file cannot be used
 */
export async function openMemory(file: string, memoryBytes: number): Promise<void> {
  const failed = (why: string, cause?: unknown): CurlewError =>
    new CurlewError('PORT_FAILED', `The flash in ${file} cannot be used: ${why}.`, { file }, { cause });
  try {
    const handle = await open(file, constants.O_RDWR | constants.O_CREAT, 0o600);
    try {
      const { size } = await handle.stat();
      if (size > 0 && size < keptBytes) throw failed(`it was cut short to ${size} bytes`);
      await handle.truncate(memoryBytes);
      const retained = Buffer.alloc(retainedBytes);
      await handle.read(retained, 0, retainedBytes, flashMost);
      if (retained.readUInt32LE() !== retainedMagic) return;
      retained.writeUInt32LE(causePower, causeAt);
      await handle.write(retained, 0, retainedBytes, flashMost);
    } finally {
      await handle.close();
    }
  } catch (thrown) {
    throw thrown instanceof CurlewError ? thrown : failed((thrown as Error).message, thrown);
  }
}

/** After it has ended: no longer than what is kept. */
export const closeMemory = (file: string): Promise<void> => truncate(file, keptBytes);
