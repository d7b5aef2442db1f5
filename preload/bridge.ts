/** The contract over Electron's bridge: a message port to the lab, and the dialogs. */
import type { Bridge } from '../main/contract/bridge.ts';
import { channels, type DialogReply } from '../main/contract/channels.ts';
import type { LabMessage } from '../main/contract/wire.ts';

/** The part of a page's MessagePort that is used; a preload script has DOM's ports, its compiler Node's types. */
export interface PagePort {
  postMessage(message: unknown): void;
  onmessage: ((event: { data: unknown }) => void) | null;
  addEventListener(type: 'close', listener: () => void): void;
}

/** The part of Electron's `ipcRenderer` that is used. */
export interface PageIpc {
  postMessage(channel: string, message: unknown, transfer: PagePort[]): void;
  invoke(channel: string, ...args: unknown[]): Promise<unknown>;
}

export function makeBridge(ipc: PageIpc, Channel: new () => { port1: PagePort; port2: PagePort }): Bridge {
  async function ask<T>(channel: string, ...args: unknown[]): Promise<T> {
    const reply = (await ipc.invoke(channel, ...args)) as DialogReply<T>;
    if (!reply.ok) throw new Error(reply.message);
    return reply.result;
  }
  return {
    port() {
      const { port1, port2 } = new Channel();
      ipc.postMessage(channels.connect, null, [port2]);
      return {
        post: (message) => port1.postMessage(message),
        // Setting `onmessage` also starts the port: nothing is lost before somebody listens.
        onMessage: (listener) => void (port1.onmessage = ({ data }) => listener(data as LabMessage)),
        onClose: (listener) => port1.addEventListener('close', () => listener()),
      };
    },
    capabilities: ['pickFiles', 'pickFolder', 'pickPlace', 'saveFile', 'savePdf', 'microphone'],
    pickFiles: (kind, several) => ask(channels.pickFiles, kind, several),
    pickFolder: () => ask(channels.pickFolder),
    pickPlace: (name) => ask(channels.pickPlace, name),
    saveFile: (name, mime, pieces) => ask(channels.saveFile, name, mime, pieces),
    savePdf: (name) => ask(channels.savePdf, name),
  };
}
