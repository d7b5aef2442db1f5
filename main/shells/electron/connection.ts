/** The page's connection to the lab: one message port a page, in order, ended with the page. */
import type { MessagePortMain } from 'electron';
import { channels } from '../../contract/channels.ts';
import type { LabMessage } from '../../contract/wire.ts';
import type { Lab } from '../../lab.ts';
import { deliver } from '../deliver.ts';
import type { ElectronApi } from './api.ts';
import { isOurPage } from './sender.ts';

/** @returns a function that ends every connection, so that the page learns that the lab is gone */
export function serveConnections(
  { ipcMain }: Pick<ElectronApi, 'ipcMain'>,
  lab: Pick<Lab, 'handle' | 'subscribe'>,
): () => void {
  const connections = new Set<() => void>();
  ipcMain.on(channels.connect, (event) => {
    const [port, ...others] = event.ports;
    if (!port) return;
    if (others.length > 0 || !isOurPage(event)) {
      for (const refused of event.ports) refused.close();
      return;
    }
    const end = serve(port, lab);
    connections.add(end);
    port.on('close', () => {
      end();
      connections.delete(end);
    });
  });
  return () => {
    for (const end of connections) end();
    connections.clear();
  };
}

/** @returns a function that ends this connection; ending twice is ending once */
function serve(port: MessagePortMain, lab: Pick<Lab, 'handle' | 'subscribe'>): () => void {
  let ended = false;
  const send = (message: LabMessage): void => {
    if (!ended) port.postMessage(message);
  };
  const unsubscribe = lab.subscribe(send);
  port.on('message', ({ data }) => {
    void lab.handle(data, 'local', 'window').then((reply) => deliver(reply, send));
  });
  port.start();
  return () => {
    if (ended) return;
    ended = true;
    unsubscribe();
    port.close();
  };
}
