/** What a job leaves that records a capture, or makes one of a file or of another: its part of the contract. */

export interface CaptureResult {
  kind: 'capture';
  captureId: string;
  samples: number;
  lost: number;
}
