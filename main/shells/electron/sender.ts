import type { IpcMainEvent, IpcMainInvokeEvent } from 'electron';
import { isOurs } from './address.ts';

/** Only the main frame of our own page is listened to; a frame that is gone is nobody. */
export function isOurPage({ sender, senderFrame }: IpcMainEvent | IpcMainInvokeEvent): boolean {
  return senderFrame !== null && senderFrame === sender.mainFrame && isOurs(senderFrame.url);
}
