/**
 * That offline answers are a board's: every shipped expert and the router over 300 clips of ESC-10, by the engine and by
 * a virtual board over its protocol; counts the windows that differ in any bit.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Engine } from '../../devices/engine/engine.ts';
import { Banks } from '../../main/banks/banks.ts';
import { imagesOfModel } from '../../main/banks/model-images.ts';
import { decodeAll, toInt16 } from '../../main/recordings/pcm16k.ts';
import { resources } from '../../main/resources.ts';
import { answersOfBoard, bitsOfEngine, windowsOf } from '../fixtures/board-answers.ts';
import type { Bench } from './run.ts';

const folder = process.env['CURLEW_ESC10'] ?? join(resources.root, '..', 'shared', 'data', 'esc10');
const mostClips = 300;
const hopFrames = 48;

export const bench: Bench = async (say) => {
  const audio = join(folder, 'audio');
  if (!existsSync(audio)) throw new Error(`No ESC-10 in ${folder}: set CURLEW_ESC10 to a folder with it.`);
  const names = readdirSync(audio).sort().slice(0, mostClips);
  const clips: Int16Array[] = [];
  for (const name of names) clips.push(toInt16(await decodeAll(join(audio, name))));
  const windows = clips.flatMap((clip) => windowsOf(clip, 160 * hopFrames));
  const bank = await Banks.open(resources.bank);
  const wasm = readFileSync(resources.engine);
  let differing = 0;
  const models = [...bank.routers, ...bank.experts].map(({ id }) => id);
  for (const id of models) {
    const board = await answersOfBoard(bank, id, windows);
    const engine = await Engine.load(wasm, await imagesOfModel(bank, id));
    let firstWindow = board[0]!.inferenceId - 1;
    let differ = 0;
    for (const clip of clips) {
      const answers = bitsOfEngine(engine.stream(hopFrames, { firstWindow }).push(clip));
      const of = firstWindow - board[0]!.inferenceId + 1;
      differ += answers.filter((one, i) => !isDeepStrictEqual(one, board[of + i])).length;
      firstWindow += answers.length;
    }
    if (firstWindow !== board.at(-1)!.inferenceId)
      throw new Error(`${id}: not as many windows as the board.`);
    say(`${id}: ${differ} of ${board.length} windows differ`);
    differing += differ;
  }
  say(`${names.length} clips; logits, gate, curiosity and entropy of each window, bit for bit`);
  return { differing_windows: differing, windows: models.length * windows.length, clips: names.length };
};
