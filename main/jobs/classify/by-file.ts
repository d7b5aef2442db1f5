import type { Detection } from '../../contract/types.ts';

export function byFile(detections: readonly Detection[]): Map<string, Detection[]> {
  const found = new Map<string, Detection[]>();
  for (const detection of detections) {
    const own = found.get(detection.path);
    if (own) own.push(detection);
    else found.set(detection.path, [detection]);
  }
  return found;
}
