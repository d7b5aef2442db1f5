/** What a classification leaves behind, beside its files and detections. */
export interface ClassifyResult {
  kind: 'classify';
  /** Classified, damaged ones among them. */
  files: number;
  /** Could not be classified. */
  failed: number;
  /** Of the same bytes as one before. */
  copies: number;
  /** Of formats that are not read. */
  leftOut: number;
  detections: number;
  windows: number;
  audioSeconds: number;
  /** At work, pauses left out. */
  wallSeconds: number;
}
