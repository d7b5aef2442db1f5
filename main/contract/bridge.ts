/** What the preload script puts on the page's window as `curlew`, where the shell is a window of its own. */
import type { Capability, FileKind } from './types.ts';
import type { LabMessage, RequestMessage } from './wire.ts';

export interface BridgePort {
  post(message: RequestMessage): void;
  onMessage(listener: (message: LabMessage) => void): void;
  /** Called once when the lab's end is gone. */
  onClose(listener: () => void): void;
}

/** Of a file to be saved. */
export type SavedPiece = string | Uint8Array<ArrayBuffer>;

export interface Bridge {
  port(): BridgePort;
  capabilities: Capability[];
  /** Absolute paths; empty when the person cancelled. */
  pickFiles(kind: FileKind, several: boolean): Promise<string[]>;
  pickFolder(): Promise<string | null>;
  /** Where a file is to be written; null when the person cancelled. */
  pickPlace(name: string): Promise<string | null>;
  saveFile(name: string, mime: string, pieces: SavedPiece[]): Promise<void>;
  /** The page as it is printed, as a PDF where the person says. */
  savePdf(name: string): Promise<void>;
}
