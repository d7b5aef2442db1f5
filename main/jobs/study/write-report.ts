import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reportCsv } from '../../../models/report/files.ts';
import { reportHtml } from '../../../models/report/report.ts';
import type { Results } from '../../../models/report/results.ts';

/** `results.json`, `report.html` and the CSV files. */
export async function writeReport(folder: string, results: Results): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'report.html'), reportHtml(results));
  for (const { name, text } of reportCsv(results)) await writeFile(join(folder, name), text);
  await writeFile(join(folder, 'results.json'), `${JSON.stringify(results)}\n`);
}
