/**
 * Rebuilds every encoder, expert and router of a bank from its weights and holds the result against the committed files.
 *   npm run bank:verify [-- BANK]
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseManifest } from '../../models/bank/bank.ts';
import { verifyBank } from '../../models/bank/verify.ts';
import { toCurlewError } from '../contract/error.ts';

async function main(bank: string): Promise<void> {
  const read = (path: string) => readFile(join(bank, path));
  const manifest = parseManifest(new TextDecoder().decode(await read('manifest.json')));
  const problems = await verifyBank(manifest, read);
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length === 0 ? 0 : 1;
  if (problems.length === 0) {
    const { encoders, experts, routers, clips } = manifest;
    console.log(
      `${encoders.length} encoders, ${experts.length} experts and ${routers.length} router(s) rebuilt to the same bytes, ` +
        `${clips.length} clips sound.`,
    );
  }
}

main(process.argv[2] ?? join('models', 'bank')).catch((thrown: unknown) => {
  console.error(toCurlewError(thrown).message);
  process.exitCode = 1;
});
