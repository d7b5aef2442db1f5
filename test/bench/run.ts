/**
 * `npm run bench -- NAME`: readable lines, and last one line of JSON with the figures. Each benchmark is a file here
 * that exports `bench(say)` and returns its figures.
 */
import { readdirSync } from 'node:fs';

export type Figures = Record<string, number>;
export type Bench = (say: (line: string) => void) => Promise<Figures>;

const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && file !== 'run.ts')
  .map((file) => file.slice(0, -3));
const [name] = process.argv.slice(2);
if (!name || !names.includes(name)) {
  process.stderr.write(`Say which benchmark: npm run bench -- NAME, one of ${names.join(', ')}.\n`);
  process.exit(1);
}
const { bench } = (await import(`./${name}.ts`)) as { bench: Bench };
const figures = await bench((line) => process.stdout.write(`${line}\n`));
process.stdout.write(`${JSON.stringify({ bench: name, figures })}\n`);
process.exit(0);
