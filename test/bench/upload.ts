/** An expert's upload over a simulated 921600-baud line (10 bits a byte, 1 ms each way): share of the line's byte rate. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { simulatedLine } from '../../devices/boards/simulated-line.ts';
import { VirtualBoard } from '../../devices/boards/virtual/virtual-board.ts';
import { CurlewBoard } from '../../devices/drivers/curlew/board.ts';
import type { FramingName } from '../../devices/protocol/framing.ts';
import { resources } from '../../main/resources.ts';
import { Banks } from '../../main/banks/banks.ts';
import type { Bench } from './run.ts';

const line = { baudRate: 921_600, delayMs: 1 };
const bytesPerSecond = line.baudRate / 10;
const runs = 3;

export const bench: Bench = async (say) => {
  const bank = await Banks.open(resources.bank);
  const [expert] = bank.experts;
  if (!expert) throw new Error('The bank is empty.');
  const image = await bank.file(expert.id, 'image');
  say(
    `Image ${image.length} bytes; line ${line.baudRate} baud, 10 bits a byte, ${line.delayMs} ms each way (simulated)`,
  );
  const binary_share = await share('binary', image, say);
  const console_share = await share('console', image, say);
  return { binary_share, console_share };
};

/** Median of some uploads, each to a fresh board: begin to verified, image bytes over the time the line would need. */
async function share(framing: FramingName, image: Uint8Array, say: (line: string) => void): Promise<number> {
  const sha256 = createHash('sha256').update(image).digest();
  const shares: number[] = [];
  for (let run = 0; run < runs; run++) {
    const port = new VirtualBoard({
      wasm: readFileSync(resources.virtualBoard),
      name: `bench-${framing}-${run}`,
      id: new Uint8Array(8),
    });
    const board = await CurlewBoard.open(simulatedLine(port, line), { framing });
    const began = performance.now();
    const { slot } = await board.upload(image, sha256);
    const seconds = (performance.now() - began) / 1000;
    await board.verify(slot);
    shares.push(image.length / seconds / bytesPerSecond);
    say(
      `${framing}: ${seconds.toFixed(3)} s, ${(100 * (shares.at(-1) as number)).toFixed(1)} % of the line, ${board.counts.retries} retries`,
    );
    await board.close();
    port.switchOff();
  }
  return shares.sort((a, b) => a - b)[Math.floor(runs / 2)] as number;
}
