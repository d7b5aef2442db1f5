/** The answers to neighbouring windows of one channel, from what answered to the detections. */

export interface Windows {
  count: number;
  /** [count][classes] */
  probabilities: Float32Array;
  /** [count]: which expert of a router answered; 0 without one. */
  place: Uint8Array;
  /** [count]; 0 without a router. */
  curiosity: Float32Array;
  /** [count], nats. */
  entropy: Float32Array;
  /** [count]: 0 where the window holds digital silence alone, of which no class is told. */
  heard: Uint8Array;
}

/** Of one window. @returns [classes], a view */
export const probabilitiesOf = ({ probabilities }: Windows, window: number, classes: number): Float32Array =>
  probabilities.subarray(window * classes, (window + 1) * classes);

/** One after another. @param classes of each window */
export function joinWindows(parts: readonly Windows[], classes: number): Windows {
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const all: Windows = {
    count,
    probabilities: new Float32Array(count * classes),
    place: new Uint8Array(count),
    curiosity: new Float32Array(count),
    entropy: new Float32Array(count),
    heard: new Uint8Array(count),
  };
  let at = 0;
  for (const part of parts) {
    all.probabilities.set(part.probabilities, at * classes);
    all.place.set(part.place, at);
    all.curiosity.set(part.curiosity, at);
    all.entropy.set(part.entropy, at);
    all.heard.set(part.heard, at);
    at += part.count;
  }
  return all;
}
