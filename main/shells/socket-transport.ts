/** The lab's WebSocket from the other end, for programs on this machine (the command line, tests). */
import { connect } from 'node:net';
import { decode, encode } from 'cborg';
import { WebSocket } from 'ws';
import type { Transport } from '../contract/connect.ts';
import { CurlewError } from '../contract/error.ts';
import type { LabMessage } from '../contract/wire.ts';

/**
 * @param address `http://host:port` of a running web shell, or the path of a local door's socket
 * @throws CurlewError CONNECTION_LOST when nothing listens there, NOT_AUTHORIZED when the token is wrong
 */
export async function socketTransport(address: string, token: string): Promise<Transport> {
  const local = !/^https?:/.test(address);
  const socket = new WebSocket(
    local ? 'ws://localhost/lab' : `${address.replace(/^http/, 'ws')}/lab`,
    ['curlew', token],
    { perMessageDeflate: false, ...(local && { createConnection: () => connect(address) }) },
  );
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('unexpected-response', () =>
      reject(
        new CurlewError(
          'NOT_AUTHORIZED',
          `The lab at ${address} refused the connection: the token is not of this launch.`,
        ),
      ),
    );
    socket.once('error', (error) =>
      reject(
        new CurlewError('CONNECTION_LOST', `No lab answers at ${address}: ${error.message}.`, { address }),
      ),
    );
  });
  socket.on('error', () => socket.terminate());
  return {
    send: (message) => socket.send(encode(message)),
    onMessage(listener) {
      const take = (data: Buffer) => listener(decode(data) as LabMessage);
      socket.on('message', take);
      return () => socket.off('message', take);
    },
    onClose(listener) {
      const take = () => listener('The lab was closed.');
      socket.on('close', take);
      return () => socket.off('close', take);
    },
    close: () => socket.close(),
  };
}
