/** The lab as its users see it. The page, the command line and the tests hold one of these, never a transport. */
import type { SavedPiece } from './bridge.ts';
import type { CurlewError } from './error.ts';
import type { EventName, LabEvents } from './events.ts';
import type { RequestName, RequestParams, RequestResult } from './requests.ts';
import type { Capability, FileKind } from './types.ts';

export interface LabClient {
  /** @throws CurlewError with the code the lab gave, or CONNECTION_LOST */
  request<N extends RequestName>(name: N, params: RequestParams<N>): Promise<RequestResult<N>>;
  /** Returns the unsubscribe function. */
  on<E extends EventName>(event: E, listener: (payload: LabEvents[E]) => void): () => void;
  /** Called when the lab can no longer be reached; the client does not come back. */
  onClose(listener: (reason: CurlewError) => void): () => void;
  close(): void;
}

/** What the shell around the page can do; the page asks for a capability, never for a platform. */
export interface ShellCapabilities {
  has: ReadonlySet<Capability>;
  /** Absolute paths; empty when the person cancelled. Needs `pickFiles`. */
  pickFiles?(kind: FileKind, several: boolean): Promise<string[]>;
  /** Needs `pickFolder`. */
  pickFolder?(): Promise<string | null>;
  /** Where a file is to be written: an absolute path. Needs `pickPlace`. */
  pickPlace?(name: string): Promise<string | null>;
  /** Offers a text or bytes, in pieces, to the person as a file. */
  saveFile(name: string, mime: string, pieces: SavedPiece[]): Promise<void>;
  /** Offers the page, as it is printed, to the person as a PDF. Needs `savePdf`; elsewhere the browser prints. */
  savePdf?(name: string): Promise<void>;
}
