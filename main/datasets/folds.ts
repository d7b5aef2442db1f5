/** Dividing clips into folds, and looking for sources that lie in several. */
import { Random } from '../../models/training/random.ts';

/** A clip as far as folds go. */
export interface FoldClip {
  readonly label: number;
  readonly source: string;
}

/**
 * Folds grouped by source and stratified by class: sources, the largest first, go one by one to the fold that has the
 * smallest share of their classes so far, then to the smallest fold. Sources of one size are taken in an order drawn
 * from the seed.
 * @param count folds wanted; fewer are made of fewer sources
 * @returns each clip's fold, 1 … count
 */
export function makeFolds(clips: readonly FoldClip[], count: number, seed: number): number[] {
  const members = new Map<string, number[]>();
  const ofClass = new Map<number, number>();
  clips.forEach(({ source, label }, i) => {
    const own = members.get(source);
    if (own) own.push(i);
    else members.set(source, [i]);
    ofClass.set(label, (ofClass.get(label) ?? 0) + 1);
  });
  const sources = new Random(seed).shuffle([...members.keys()].sort());
  sources.sort((a, b) => members.get(b)!.length - members.get(a)!.length);

  const folds = Array.from({ length: Math.min(count, sources.length) }, () => ({
    clips: 0,
    ofClass: new Map<number, number>(),
  }));
  const fold = new Array<number>(clips.length).fill(1);
  for (const source of sources) {
    const own = members.get(source)!;
    const shares = folds.map((one) =>
      own.reduce((sum, i) => {
        const { label } = clips[i]!;
        return sum + (one.ofClass.get(label) ?? 0) / ofClass.get(label)!;
      }, 0),
    );
    const least = Math.min(...shares);
    let best = -1;
    folds.forEach((one, f) => {
      // Shares are sums of fractions: equal ones may differ in the last bit.
      if (shares[f]! <= least + 1e-9 && (best < 0 || one.clips < folds[best]!.clips)) best = f;
    });
    const chosen = folds[best]!;
    chosen.clips += own.length;
    for (const i of own) {
      const { label } = clips[i]!;
      chosen.ofClass.set(label, (chosen.ofClass.get(label) ?? 0) + 1);
      fold[i] = best + 1;
    }
  }
  return fold;
}

/** Sources with clips in more than one fold, and the folds, ascending. */
export function sharedSources(
  clips: readonly (FoldClip & { readonly fold: number })[],
): { source: string; folds: number[] }[] {
  const folds = new Map<string, Set<number>>();
  for (const { source, fold } of clips) {
    if (!folds.has(source)) folds.set(source, new Set());
    folds.get(source)!.add(fold);
  }
  return [...folds]
    .filter(([, own]) => own.size > 1)
    .map(([source, own]) => ({ source, folds: [...own].sort((a, b) => a - b) }));
}
