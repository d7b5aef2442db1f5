/** `curlew classify`: recordings in, classes and detections out. */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { LabClient } from '../../../contract/client.ts';
import { CurlewError } from '../../../contract/error.ts';
import type { ClassifyResult } from '../../../contract/types.ts';
import type { Args } from '../args.ts';
import { follow, percent, table, type Row } from '../output.ts';
import { chooseExpert, type Answer } from './board.ts';

export async function classify(client: LabClient, args: Args): Promise<Answer> {
  if (args.words.length === 0) {
    throw new CurlewError('REQUEST_INVALID', 'Say which recordings: “curlew classify FOLDER”, or files.');
  }
  const paths = args.words.map((word) => resolve(word));
  const job = await client.request('classify.start', { paths, expertId: await chooseExpert(client, args) });
  const result = (await follow(client, job)).result as ClassifyResult;
  const [files, detections] = await Promise.all([
    client.request('classify.files', { jobId: job.id }),
    client.request('classify.detections', { jobId: job.id }),
  ]);
  const written: string[] = [];
  for (const format of ['csv', 'raven'] as const) {
    const path = args.options[format];
    if (!path) continue;
    const { text } = await client.request('classify.export', { jobId: job.id, format });
    await writeFile(resolve(path), text);
    written.push(`Written: ${path}`);
  }
  const rows = files.map((file): Row => [
    file.path,
    file.label,
    percent(file.probability),
    `${file.seconds.toFixed(1)} s`,
  ]);
  const speed = result.audioSeconds / Math.max(result.wallSeconds, 1e-3);
  const text = [
    table(['file', 'class', 'probability', 'length'], rows),
    ...result.failed.map((one) => `not classified: ${one.path}: ${one.message}`),
    `${result.files} files, ${(result.audioSeconds / 60).toFixed(1)} minutes, ${speed.toFixed(0)} × real time.`,
    ...written,
  ].join('\n');
  return { text, json: { result, files, detections } };
}
