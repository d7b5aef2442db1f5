/** For tests: the device under test that computes (devices/firmware/ports/mlperf-tiny), as a process of this computer. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** Of the bank: what it computes, and the graph that is its reference. */
export const dutModel = {
  expert: `${root}models/bank/esc10-small/expert.image`,
  encoder: `${root}models/bank/esc10-encoder-small-4/encoder.image`,
  quantized: `${root}models/bank/esc10-small/quantized.onnx`,
  inputBytes: 15_600,
};

export interface DutProcess {
  /** Of its pseudo-terminal. */
  path: string;
  close(): Promise<void>;
}

/** @param pin is told each change of its pin, in energy mode */
export async function startDut(
  mode: 'performance' | 'energy',
  pin: (high: boolean) => void = () => undefined,
): Promise<DutProcess> {
  const { expert, encoder } = dutModel;
  const child = spawn(
    `${root}build/firmware/curlew-mlperf-tiny`,
    ['--expert', expert, '--encoder', encoder, ...(mode === 'energy' ? ['--energy', 'yes'] : [])],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const path = await new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the device under test ended with ${code}`)));
    createInterface(child.stdout).on('line', (line) => {
      if (line.startsWith('/dev/')) resolve(line);
      else pin(line === 'pin 1');
    });
  });
  return {
    path,
    async close() {
      child.kill();
      await gone;
    },
  };
}
