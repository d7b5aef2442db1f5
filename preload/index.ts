import { contextBridge, ipcRenderer } from 'electron';
import { makeBridge, type PageIpc, type PagePort } from './bridge.ts';

declare const MessageChannel: new () => { port1: PagePort; port2: PagePort };

contextBridge.exposeInMainWorld('curlew', makeBridge(ipcRenderer as unknown as PageIpc, MessageChannel));
