/**
 * The port that the page was served at last. Browsers keep what a page remembers by its address, port included: at
 * another port the page would have forgotten what was on the bench, how it looks and what was chosen.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '../../write-durably.ts';

const fileOf = (dataFolder: string) => join(dataFolder, 'page-port');

async function usualPort(dataFolder: string): Promise<number | undefined> {
  const text = await readFile(fileOf(dataFolder), 'utf8').catch(() => '');
  return /^\d{4,5}$/.test(text.trim()) ? Number(text) : undefined;
}

/**
 * Serves at the port that was asked for, else at the usual one, else, where another program has that, at a free one.
 * @throws what `serve` throws at the port that was asked for, and at a free one
 */
export async function atUsualPort<T extends { address: string }>(
  dataFolder: string,
  asked: number | undefined,
  serve: (port: number | undefined) => Promise<T>,
): Promise<T> {
  const usual = asked ?? (await usualPort(dataFolder));
  const served = await serve(usual).catch((thrown: unknown) => {
    if (asked !== undefined || usual === undefined) throw thrown;
    return serve(undefined);
  });
  const { port } = new URL(served.address);
  // A lab works all the same where it cannot be kept.
  if (asked === undefined && port !== String(usual))
    await writeDurably(fileOf(dataFolder), `${port}\n`).catch(() => undefined);
  return served;
}
