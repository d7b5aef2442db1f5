import type { LabClient } from '../contract/client.ts';

/** Says on standard error what the lab's store has lost. */
export async function tellLosses(client: LabClient): Promise<void> {
  const { storeLosses } = await client.request('lab.info', {});
  for (const loss of storeLosses) process.stderr.write(`curlew: ${loss}\n`);
}
