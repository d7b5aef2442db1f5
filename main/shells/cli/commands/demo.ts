/** `npm run demo`: the whole main job in the terminal, on a virtual board and a store of its own, ending with a table. */
import { count, percent } from '../../../contract/figures.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ort from 'onnxruntime-web';
import {
  agreement,
  boardAgrees,
  implementationTolerance,
  type Agreement,
} from '../../../../models/evaluation/agreement.ts';
import { createReference } from '../../../../models/reference/reference.ts';
import type { LabClient } from '../../../contract/client.ts';
import { connectLab } from '../../../contract/connect.ts';
import { CurlewError } from '../../../contract/error.ts';
import type {
  Board,
  ClassifyResult,
  DeployResult,
  ExpertInfo,
  TelemetrySummary,
  WindowResult,
} from '../../../contract/types.ts';
import { openLab } from '../../../lab.ts';
import { resources } from '../../../resources.ts';
import { localTransport } from '../../local-transport.ts';
import type { Args, Commands } from '../command.ts';
import { exit } from '../exit.ts';
import { follow } from '../follow.ts';
import { sentWords } from './board.ts';
import { sizeText, energyText, timeText, table } from '../output.ts';
import { windowsOfJob } from './infer.ts';

export const demoCommands: Commands = {
  demo: { usage: '', about: 'the whole main job, ending with a table', options: [], alone: demo },
};

/** Its store goes with it: whatever interrupts it, nothing is left to go on with. */
const resumeWith = null;

async function demo(args: Args): Promise<number> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'curlew-demo-'));
  const lab = await openLab({ dataFolder, shell: 'cli', roots: [resources.bank] });
  try {
    return await mainJob(connectLab(localTransport(lab)), args);
  } finally {
    await lab.close();
    await rm(dataFolder, { recursive: true, force: true });
  }
}

async function mainJob(client: LabClient, { json }: Args): Promise<number> {
  const say = (text: string): void => void (json ? process.stderr : process.stdout).write(`${text}\n`);
  const [board] = await client.request('boards.list', {});
  const [expert] = await client.request('experts.list', {});
  if (!board) throw new CurlewError('BOARD_NOT_FOUND', 'The lab opened without its virtual board.');
  if (!expert) throw new CurlewError('EXPERT_NOT_FOUND', 'The bank has no expert.');
  const boardId = board.id;

  say(
    `1. Attached: ${board.name}, ${board.kind} (simulated), firmware ${board.firmware}, ${board.framing} framing`,
  );
  const upload = (
    await follow(client, await client.request('deploy.start', { boardId, expertId: expert.id }), resumeWith)
  ).result as DeployResult;
  say(`2. Deployed: ${expert.name}, ${sentWords(upload)}, verified, active`);

  const agreements: Agreement[] = [];
  const references = await loadReferences(client, expert);
  for (const clip of await client.request('clips.list', {})) {
    const job = await client.request('play.start', { boardId, source: { kind: 'clip', clipId: clip.id } });
    const windows = await windowsOfJob(client, await follow(client, job, resumeWith));
    const { pcm, samples } = await client.request('clips.audio', { clipId: clip.id });
    const sound = new Int16Array(pcm.buffer.slice(pcm.byteOffset, pcm.byteOffset + 2 * samples));
    const compared = await compare(references, sound, windows);
    agreements.push(...compared);
    const hits = windows.filter((one) => one.label === clip.label).length;
    say(
      `3. Played: ${clip.label.padEnd(16)} ${hits} of ${count(windows.length, 'window')} right; board and reference ${worst(compared)}`,
    );
  }

  const classify = await client.request('classify.start', {
    paths: [join(resources.bank, 'clips')],
    modelId: expert.id,
  });
  const classified = (await follow(client, classify, resumeWith)).result as ClassifyResult;
  say(
    `4. Classified: the folder of clips, ${count(classified.files, 'file')}, ${count(classified.windows, 'window')}`,
  );

  const summary = await client.request('telemetry.summary', { boardId });
  const tolerance = implementationTolerance(expert.encoder);
  const agreed = agreements.length > 0 && agreements.every((one) => boardAgrees(one, tolerance));
  const answer = { board, expert: expert.id, upload, summary, agreement: figures(agreements), agreed };
  if (json) process.stdout.write(`${JSON.stringify(answer)}\n`);
  else say(`\n${report(board, expert, upload, summary, answer.agreement)}`);
  if (!agreed) say("The board's answers do not match the quantized reference.");
  return agreed ? exit.done : exit.failed;
}

async function loadReferences(client: LabClient, expert: ExpertInfo) {
  const open = async (file: 'quantized.onnx' | 'float.onnx') =>
    createReference(ort, await client.request('experts.file', { expertId: expert.id, file }));
  return { quantized: await open('quantized.onnx'), float: await open('float.onnx') };
}

async function compare(
  { quantized, float }: Awaited<ReturnType<typeof loadReferences>>,
  sound: Int16Array,
  windows: readonly WindowResult[],
): Promise<Agreement[]> {
  // The references hear what the board hears: 16-bit samples.
  const pcm = Float32Array.from(sound, (sample) => sample / 32_768);
  const [q, f] = [await quantized.run(pcm), await float.run(pcm)];
  const row = (result: typeof q, i: number) =>
    result.logits.subarray(i * result.classes, (i + 1) * result.classes);
  return windows.map((window, i) => agreement(window.logits, row(q, i), row(f, i)));
}

const worst = (agreements: Agreement[]): string =>
  `differ by ${Math.max(...agreements.map((one) => one.implementation.relative)).toExponential(1)} at most`;

function figures(agreements: Agreement[]) {
  const share = (holds: (one: Agreement) => boolean) => agreements.filter(holds).length / agreements.length;
  return {
    windows: agreements.length,
    implementationSameClass: share((one) => one.implementation.sameTopClass),
    implementationWorst: Math.max(...agreements.map((one) => one.implementation.relative)),
    quantizationSameClass: share((one) => one.quantization.sameTopClass),
    quantizationWorst: Math.max(...agreements.map((one) => one.quantization.relative)),
  };
}

function report(
  board: Board,
  expert: ExpertInfo,
  upload: DeployResult,
  summary: TelemetrySummary,
  agreed: ReturnType<typeof figures>,
): string {
  const { latencyUs, energyNanojoule, latencySource, energySource } = summary;
  return table(
    ['what', 'figure', 'source'],
    [
      ['board', `${board.name} (simulated), ${board.profile}`, ''],
      ['expert', expert.name, ''],
      ['sent, expert and encoder', sizeText(upload.sent ?? upload.bytes), ''],
      ['upload time', `${(upload.uploadMs / 1000).toFixed(2)} s`, 'measured, simulated line'],
      [
        'share of the line rate',
        upload.lineShare === null ? '—' : percent(upload.lineShare),
        'measured, simulated line',
      ],
      ['latency p50', latencyUs ? timeText(latencyUs.p50) : '—', latencySource],
      ['latency p95', latencyUs ? timeText(latencyUs.p95) : '—', latencySource],
      ['energy per inference', energyNanojoule ? energyText(energyNanojoule.mean) : '—', energySource],
      [
        'agreement with the quantized reference',
        `${percent(agreed.implementationSameClass)} of ${count(agreed.windows, 'window')}`,
        `worst difference ${agreed.implementationWorst.toExponential(1)}`,
      ],
      [
        'agreement of quantized with float',
        `${percent(agreed.quantizationSameClass)} of ${count(agreed.windows, 'window')}`,
        `worst difference ${agreed.quantizationWorst.toExponential(1)}`,
      ],
    ],
  );
}
