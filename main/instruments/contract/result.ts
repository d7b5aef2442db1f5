/** What jobs of instruments leave: their part of the contract. */

/** Of one that records a capture, or makes one of a file or of another. */
export interface CaptureResult {
  kind: 'capture';
  captureId: string;
  samples: number;
  lost: number;
}

/** Of one that sends a file to an SMP device. */
export interface SmpUploadResult {
  kind: 'smp';
  bytes: number;
  /** Bytes of it that the device held already. */
  resumedFrom: number;
  seconds: number;
  sha256: string;
}
