/** What recording a clip was cut from, told from its file's name where no table tells. */

/** ESC-50's names, fold-source-take-target: 1-100032-A-0. */
const escName = /^\d+-(\d+)-[A-Z]-\d+$/;
/** marsh_part2, 20260401-dawn take 03 */
const namedPart = /^(.+?)[ ._-]+(?:chunk|cut|part|seg|segment|slice|take)[ ._-]*\d+$/i;
/** marsh_001, 20260401-dawn-17 */
const numberedPart = /^(.+?)[ _-]+\d{1,3}$/;

/**
 * A take or part at the end of a file's name is taken off where the pattern is clear:
 * - ESC-50's own names: the source's number;
 * - a word for a part and a number (`_part2`, `-take 03`): what stands before;
 * - a bare number of one to three digits after `_`, `-` or a space, if what stands before is not the class's name
 *   and the class has at least two different such beginnings. In a class of dog_001 … dog_100 the numbers
 *   tell recordings apart; in one of marsh_001 … marsh_040, field_001 … they tell parts of a recording.
 *
 * The same beginning in two classes is the same source. A name with no such pattern is a source of its own.
 * @param clips names with `/`, and what they are clips of
 */
export function sourcesFromNames(
  clips: readonly { readonly name: string; readonly className: string }[],
): string[] {
  const beginnings = new Map<string, Set<string>>();
  const numbered = clips.map(({ name, className }) => {
    const beginning = numberedPart.exec(stem(name))?.[1];
    if (beginning === undefined || sameWord(beginning, className)) return null;
    if (!beginnings.has(className)) beginnings.set(className, new Set());
    beginnings.get(className)!.add(beginning);
    return beginning;
  });
  return clips.map(({ name, className }, i) => {
    const own = stem(name);
    const before = escName.exec(own)?.[1] ?? namedPart.exec(own)?.[1];
    if (before !== undefined) return before;
    const beginning = numbered[i] ?? null;
    if (beginning !== null && beginnings.get(className)!.size > 1) return beginning;
    return name.slice(0, name.length - extension(name).length);
  });
}

const baseName = (name: string) => name.slice(name.lastIndexOf('/') + 1);
const extension = (name: string) => /\.[^./]*$/.exec(name)?.[0] ?? '';
const stem = (name: string) => baseName(name).slice(0, baseName(name).length - extension(name).length);
const sameWord = (a: string, b: string) => word(a) === word(b);
const word = (text: string) => text.toLowerCase().replaceAll(/[ _-]/g, '');
