/** Where the windows of a run lie in a recording: window i begins at sample i · hopSamples. */
export interface Grid {
  /** Hz, at which the model hears. */
  rate: number;
  windowSamples: number;
  hopSamples: number;
}
