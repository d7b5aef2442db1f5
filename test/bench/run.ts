/**
 * `npm run bench -- NAME`: readable lines, and last one line of JSON with the figures. Each benchmark is a file here
 * that exports `bench(say)` and returns its figures. It exits with 1 where records were lost or doubled, or runs differ.
 */
import { readdirSync } from 'node:fs';

export type Figures = Record<string, number>;
export type Bench = (say: (line: string) => void) => Promise<Figures>;

/** Not a matter of speed: where one of these is above 0, the product is broken, and the exit code says so. */
const mustBeNone = ['lost', 'doubled', 'runs_differing'];

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
const wrong = mustBeNone.filter((figure) => (figures[figure] ?? 0) > 0);
for (const figure of wrong) process.stderr.write(`${figure} is ${figures[figure]}, and must be 0.\n`);
process.exit(wrong.length === 0 ? 0 : 1);
