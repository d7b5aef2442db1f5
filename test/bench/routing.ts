/**
 * The shipped bank on boards, inference by inference: how long an answer takes, and how much that varies, with the
 * plain router and with curiosity; on the virtual board (modelled) and on an emulated Cortex-M4F (counted).
 */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { emulatedMachine } from '../../devices/boards/qemu/machines.ts';
import { qemuBoard } from '../../devices/boards/qemu/qemu-board.ts';
import { VirtualBoard } from '../../devices/boards/virtual/virtual-board.ts';
import { CurlewBoard } from '../../devices/drivers/curlew/board.ts';
import { Banks } from '../../main/banks/banks.ts';
import { costOf, runTrial } from '../../main/jobs/study/on-board.ts';
import { decodeAll, toInt16 } from '../../main/recordings/pcm16k.ts';
import { resources } from '../../main/resources.ts';
import { table, type Row } from '../../main/shells/cli/output.ts';
import { levene } from '../../models/evaluation/levene.ts';
import { deviation, mean } from '../../models/evaluation/moments.ts';
import { patchCount, patchHopSamples, patchSamples } from '../../models/features/log-mel.ts';
import type { Bench, Figures } from './run.ts';

/** Windows of each bundled clip. */
const windowsOfClip = { virtual: 6, emulated: 2 } as const;

export const bench: Bench = async (say) => {
  const bank = await Banks.open(resources.bank);
  const [router] = bank.routers;
  if (!router) throw new Error('The bank has no router.');
  const encoder = bank.encoders.find(({ id }) => id === router.encoder);
  const trial = {
    encoders: [encoder ? await bank.image(encoder.imageSha256) : null].filter((image) => image !== null),
    experts: await Promise.all(router.experts.map((id) => bank.file(id, 'image'))),
    router: await bank.file(router.id, 'image'),
  };
  const virtual = new VirtualBoard({
    wasm: await readFile(resources.virtualBoard),
    name: 'bench',
    id: randomBytes(8),
  });
  const machine = emulatedMachine('mps2-an386');
  const boards = {
    virtual,
    emulated: qemuBoard({ name: 'bench', repository: resources.root, id: randomBytes(8), machine }),
  };
  const figures: Figures = {};
  const rows: Row[] = [];
  for (const [name, port] of Object.entries(boards) as ['virtual' | 'emulated', typeof virtual][]) {
    const windows = await soundsOf(bank, windowsOfClip[name]);
    const board = await CurlewBoard.open(port);
    const latencies: number[][] = [];
    try {
      for (const [kind, routing] of [
        ['plain', { alpha: 0, passes: 0, topK: 1 }],
        ['curiosity', { alpha: 1, passes: 10, topK: 1 }],
      ] as const) {
        const cost = costOf(
          await runTrial(board, { ...trial, routing, windows }, { signal: new AbortController().signal }),
        );
        if (!cost) throw new Error(`${name} tells no latency.`);
        const [average, spread] = [mean(cost.latencyUs), deviation(cost.latencyUs)!];
        latencies.push([...cost.latencyUs]);
        figures[`${name}_${kind}_ms`] = average / 1000;
        figures[`${name}_${kind}_deviation_us`] = spread;
        rows.push([
          name,
          kind,
          windows.length,
          `${(average / 1000).toFixed(2)} ms`,
          `${spread.toFixed(0)} µs`,
          cost.latencySource,
        ]);
      }
    } finally {
      await board.close();
    }
    figures[`${name}_levene_p`] = levene(latencies).p;
  }
  virtual.switchOff();
  say(table(['board', 'router', 'inferences', 'mean', 'deviation', 'source'], rows));
  return figures;
};

async function soundsOf(bank: Banks, count: number): Promise<Int16Array[]> {
  const windows: Int16Array[] = [];
  for (const { id } of bank.clips) {
    const pcm = toInt16(await decodeAll(bank.clipPath(id)));
    const all = patchCount(pcm.length);
    for (let i = 0; i < Math.min(count, all); i++) {
      const start = Math.floor((i * all) / count) * patchHopSamples;
      windows.push(pcm.slice(start, start + patchSamples));
    }
  }
  return windows;
}
