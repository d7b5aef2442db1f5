/** The command line's way to a lab: the one that runs already on this data folder, else one of its own. */
import { parse } from 'node:path';
import type { LabClient } from '../../contract/client.ts';
import { connectLab } from '../../contract/connect.ts';
import { openLab } from '../../lab.ts';
import { openDoor } from '../local-door.ts';
import { localTransport } from '../local-transport.ts';
import { reachLab } from '../running-lab.ts';

export interface CliLab {
  client: LabClient;
  /** False when another program's lab answers. */
  own: boolean;
  close(): Promise<void>;
}

/** @throws CurlewError STORE_LOCKED when a lab runs that cannot be reached; those of opening a lab */
export async function connectCli(dataFolder: string): Promise<CliLab> {
  const theirs = (await reachLab(dataFolder))?.client;
  if (theirs) return { client: theirs, own: false, close: () => Promise.resolve(theirs.close()) };

  // Who types a path here may read it anyway: the whole file system is allowed.
  const lab = await openLab({ dataFolder, shell: 'cli', roots: [parse(process.cwd()).root] });
  const client = connectLab(localTransport(lab));
  try {
    const door = await openDoor(dataFolder, 'cli', lab);
    return {
      client,
      own: true,
      async close() {
        client.close();
        await door.close();
        await lab.close();
      },
    };
  } catch (thrown) {
    client.close();
    await lab.close();
    throw thrown;
  }
}
