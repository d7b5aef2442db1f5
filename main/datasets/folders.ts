/** A folder for each class; ABGQI is such a set with five known classes. */
import { noCredits, type Entry, type Listing } from './listing.ts';
import { isRecordingName, type ListedFiles } from './list-files.ts';

/** The soundscape classes of Quinn and others; their folders are found in any letter case. */
export const abgqiClasses = ['Anthropophony', 'Biophony', 'Geophony', 'Quiet', 'Interference'] as const;

const abgqiName = (folder: string) =>
  abgqiClasses.find((name) => name.toLowerCase() === folder.toLowerCase()) ?? null;

/** All folders at the top are of its classes, and at least two are there. */
export function looksLikeAbgqi({ folders }: ListedFiles): boolean {
  const found = new Set(topFolders(folders).map(abgqiName));
  return found.size >= 2 && !found.has(null);
}

/**
 * The class of a recording is the folder at the top that it lies in, however deep. Recordings in no folder, and of
 * ABGQI those in others than its five, have no label.
 */
export function readFolders({ names, folders }: ListedFiles, layout: 'abgqi' | 'folders'): Listing {
  const entries = names.filter(isRecordingName).map((name): Entry => {
    const [top = '', ...below] = name.split('/');
    const className = below.length === 0 ? null : layout === 'abgqi' ? abgqiName(top) : spaced(top);
    const where =
      below.length === 0 ? 'it lies in no class’s folder' : `${top} is none of ${abgqiClasses.join(', ')}`;
    return {
      file: name,
      className: className ?? '',
      fold: null,
      source: '',
      credits: noCredits,
      fault: className === null ? { kind: 'unknown-label', message: where } : null,
    };
  });
  const classes = layout === 'abgqi' ? abgqiClasses : [...new Set(topFolders(folders).map(spaced))];
  return { classes, entries, outside: [], listedUnder: null };
}

const topFolders = (folders: readonly string[]) =>
  folders.filter((name) => !name.includes('/') && !name.startsWith('.'));

const spaced = (name: string) => name.replaceAll('_', ' ');
