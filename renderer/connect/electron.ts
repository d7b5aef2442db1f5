import type { Bridge, BridgePort } from '../../main/contract/bridge.ts';
import type { ShellCapabilities } from '../../main/contract/client.ts';
import type { Transport } from '../../main/contract/connect.ts';
import type { LabMessage } from '../../main/contract/wire.ts';

/** The same messages over the port that the preload script hands out. */
export function overBridge(port: BridgePort): Transport {
  const listeners = new Set<(message: LabMessage) => void>();
  const closeListeners = new Set<(why: string) => void>();
  port.onMessage((message) => {
    for (const listener of listeners) listener(message);
  });
  const lose = (why: string) => {
    for (const listener of closeListeners) listener(why);
  };
  port.onClose(() => lose('The lab no longer answers.'));
  return {
    // Parameters come out of reactive state, whose proxies a structured clone refuses: they are plain JSON values.
    send: (message) => port.post(JSON.parse(JSON.stringify(message)) as typeof message),
    onMessage(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    onClose(listener) {
      closeListeners.add(listener);
      return () => void closeListeners.delete(listener);
    },
    close: () => lose('The connection to the lab was closed.'),
  };
}

export function bridgeCapabilities(bridge: Bridge): ShellCapabilities {
  const has = new Set(bridge.capabilities);
  return {
    has,
    ...(has.has('pickFiles') && { pickFiles: (kind, several) => bridge.pickFiles(kind, several) }),
    ...(has.has('pickPlace') && { pickPlace: (name) => bridge.pickPlace(name) }),
    ...(has.has('pickFolder') && { pickFolder: () => bridge.pickFolder() }),
    ...(has.has('savePdf') && { savePdf: (name) => bridge.savePdf(name) }),
    saveFile: (name, mime, texts) => bridge.saveFile(name, mime, texts),
  };
}
