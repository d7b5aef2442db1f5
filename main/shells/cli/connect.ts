/** The command line's way to a lab: the one that runs already on this data folder, else one of its own. */
import { parse } from 'node:path';
import type { LabClient } from '../../contract/client.ts';
import { connectLab } from '../../contract/connect.ts';
import { CurlewError } from '../../contract/error.ts';
import { findLab } from '../../data-folder.ts';
import { openLab } from '../../lab.ts';
import { localTransport } from '../local-transport.ts';
import { socketTransport } from '../web/socket-transport.ts';

export interface CliLab {
  client: LabClient;
  /** False when another program's lab answers. */
  own: boolean;
  close(): Promise<void>;
}

/** @throws CurlewError STORE_LOCKED when a lab runs that cannot be reached; those of opening a lab */
export async function connectCli(dataFolder: string): Promise<CliLab> {
  const running = await findLab(dataFolder);
  if (running?.address && running.token) {
    const transport = await socketTransport(running.address, running.token).catch((thrown: unknown) => {
      // Nobody listens there: the process that bears the number is another by now.
      if (thrown instanceof CurlewError && thrown.code === 'CONNECTION_LOST') return null;
      throw thrown;
    });
    if (transport) {
      const client = connectLab(transport);
      return { client, own: false, close: () => Promise.resolve(client.close()) };
    }
  } else if (running) {
    throw new CurlewError(
      'STORE_LOCKED',
      `The lab is open in its own window (process ${running.pid}). Close it, or give this command another --data folder.`,
      { pid: running.pid },
    );
  }
  // Who types a path here may read it anyway: the whole file system is allowed.
  const lab = await openLab({ dataFolder, shell: 'cli', roots: [parse(process.cwd()).root] });
  const client = connectLab(localTransport(lab));
  return {
    client,
    own: true,
    async close() {
      client.close();
      await lab.close();
    },
  };
}
