/** Which boards are held against each other. */
import type { Details } from './details/details.ts';

/** Boards of one site are neighbours, or of one group where no site was said; any other is by itself. */
export function neighbourhoods(details: Pick<Details, 'known' | 'of'>): string[][] {
  const together = new Map<string, string[]>();
  for (const { id } of details.known()) {
    const { site, groupId } = details.of(id);
    const key = site !== '' ? `site ${site}` : groupId !== null ? `group ${groupId}` : `board ${id}`;
    const others = together.get(key);
    if (others) others.push(id);
    else together.set(key, [id]);
  }
  return [...together.values()];
}

/** Without boards that were forgotten since they were judged. */
export function stillKnown<T extends { boardId: string }>(
  judged: readonly T[],
  details: Pick<Details, 'known'>,
): T[] {
  const known = new Set(details.known().map(({ id }) => id));
  return judged.filter(({ boardId }) => known.has(boardId));
}
