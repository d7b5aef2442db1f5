/** From what a table or the folders say to a data set: each entry is used or left out with a reason. */
import { join } from 'node:path';
import type { Clip, Dataset, Layout, Problem, Variant } from './dataset.ts';
import { FileIndex } from './file-index.ts';
import { makeFolds } from './folds.ts';
import { isRecordingName, type ListedFiles } from './list-files.ts';
import { leftOut, type Entry, type Listing } from './listing.ts';
import { reviewFolds } from './review-folds.ts';
import { sourcesFromNames } from './sources.ts';

export interface Parts {
  readonly folder: string;
  readonly layout: Layout;
  readonly variant: Variant;
  readonly listing: Listing;
  readonly files: ListedFiles;
  /** to make where there are none */
  readonly folds: number;
  readonly seed: number;
}

interface Placed extends Entry {
  /** the file found */
  readonly name: string;
}

export function assemble({ folder, layout, variant, listing, files, folds, seed }: Parts): Dataset {
  const problems: Problem[] = [];
  const index = new FileIndex(files.names);
  const named = new Set(listing.outside.map((file) => index.find(file)));

  const placed: Placed[] = [];
  listing.entries.forEach((entry, i) => {
    const name = index.find(entry.file);
    named.add(name);
    const shown = entry.file === '' ? `row ${i + 1}` : entry.file;
    if (entry.file === '') {
      problems.push(
        leftOut('missing-file', shown, `Row ${i + 1} of the table names no file; it is left out.`),
      );
    } else if (entry.fault) {
      problems.push(leftOut(entry.fault.kind, shown, `${shown} is left out: ${entry.fault.message}.`));
    } else if (name === null) {
      problems.push(leftOut('missing-file', shown, `${shown} is left out: there is no such file.`));
    } else {
      placed.push({ ...entry, name });
    }
  });
  const used = withoutRepeats(placed, problems);
  const unlisted = unlistedFiles(listing, files, named, problems);
  for (const { name, error } of files.failed) problems.push(leftOut('unreadable-file', name, error.message));

  const present = new Set(used.map(({ className }) => className));
  const classes = listing.classes.filter((name) => present.has(name));
  for (const name of listing.classes) {
    if (present.has(name)) continue;
    const message = `The class ${name} has no clip that can be used; it is left out.`;
    problems.push({ kind: 'empty-class', name, message, outcome: null });
  }

  for (const { name, className, credits } of used) {
    if (credits.labelledBy === '') continue;
    const message = `${name} is ${className} by ${credits.labelledBy}; nobody reviewed that.`;
    problems.push({ kind: 'model-label', name, message, outcome: 'used' });
  }

  const fromNames = sourcesFromNames(used);
  const clips = used.map((entry, i) => ({
    name: entry.name,
    path: join(folder, entry.name),
    label: classes.indexOf(entry.className),
    source: entry.source === '' ? fromNames[i]! : entry.source,
    ...entry.credits,
  }));
  const told = used.map(({ fold }) => fold);
  const officialFolds = !told.includes(null) && new Set(told).size > 1;
  const fold = officialFolds ? (told as number[]) : makeFolds(clips, folds, seed);
  const folded: Clip[] = clips.map((clip, i) => ({ ...clip, fold: fold[i]! }));
  return {
    folder,
    layout,
    variant,
    classes,
    clips: folded,
    folds: [...new Set(fold)].sort((a, b) => a - b),
    officialFolds,
    problems: [...problems, ...reviewFolds(folded, classes, officialFolds, told)],
    found: listing.entries.length + listing.outside.length + unlisted + files.failed.length,
    outsideVariant: listing.outside.length,
  };
}

/** Of rows that say the same of one file the first is used; of rows that say different things, none. */
function withoutRepeats(placed: readonly Placed[], problems: Problem[]): Placed[] {
  const rows = new Map<string, Placed[]>();
  for (const entry of placed) {
    const own = rows.get(entry.name);
    if (own) own.push(entry);
    else rows.set(entry.name, [entry]);
  }
  const used: Placed[] = [];
  for (const [name, [first, ...others]] of rows) {
    const differing = others.filter((one) => says(one) !== says(first!));
    if (differing.length === 0) used.push(first!);
    const why =
      differing.length === 0
        ? `${name} is named by another row too, which says the same; this row is left out.`
        : `${name} is left out: rows differ on it (${[...new Set([first!, ...differing].map(says))].join('; ')}).`;
    const dropped = differing.length === 0 ? others : [first!, ...others];
    for (const _ of dropped) problems.push(leftOut('duplicate-row', name, why));
  }
  return used;
}

const says = ({ className, fold, source }: Placed): string =>
  [
    className,
    ...(fold === null ? [] : [`fold ${fold}`]),
    ...(source === '' ? [] : [`source ${source}`]),
  ].join(', ');

/** @returns how many recordings lie there that no row names */
function unlistedFiles(
  { listedUnder }: Listing,
  { names }: ListedFiles,
  named: ReadonlySet<string | null>,
  problems: Problem[],
): number {
  if (listedUnder === null) return 0;
  const below = listedUnder === '' ? '' : `${listedUnder}/`;
  const unlisted = names.filter(
    (name) => name.startsWith(below) && isRecordingName(name) && !named.has(name),
  );
  for (const name of unlisted) {
    problems.push(leftOut('unlisted-file', name, `${name} is left out: the table does not name it.`));
  }
  return unlisted.length;
}
