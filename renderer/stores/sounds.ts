import { defineStore } from 'pinia';
import { computed, ref, shallowRef, watch } from 'vue';
import { toCurlewError } from '../../main/contract/error.ts';
import { pageLimit } from '../../main/contract/pieces.ts';
import type { Clip, FoundRecordings, PlayedSource } from '../../main/contract/types.ts';
import { baseName } from '../format/figures.ts';
import { useLab, useOperates } from './lab.ts';
import { recall, remember } from './memory.ts';

/** A file or folder of the person's own, and what the lab found there. */
export interface OwnSound {
  /** As it was chosen. */
  path: string;
  /** Null while the lab looks. */
  found: FoundRecordings | null;
  /** Why it cannot be used. */
  problem: string | null;
}

/** The same for the same recording. */
export const soundKey = (source: PlayedSource): string =>
  source.kind === 'clip' ? `clip ${source.clipId}` : `file ${source.path}`;

/** What can be played at a board: the bundled clips, and files and folders of the person's own. */
export const useSounds = defineStore('sounds', () => {
  const { client } = useLab();
  const operates = useOperates();
  const clips = shallowRef<Clip[] | null>(null);
  const paths = ref(recall<string[]>('sounds.paths') ?? []);
  const looked = shallowRef<ReadonlyMap<string, OwnSound>>(new Map());
  const picked = shallowRef(recall<PlayedSource>('sounds.chosen'));
  watch(paths, (chosen) => remember('sounds.paths', chosen));
  watch(picked, (chosen) => remember('sounds.chosen', chosen));

  const own = computed<OwnSound[]>(() =>
    operates ? paths.value.map((path) => looked.value.get(path) ?? { path, found: null, problem: null }) : [],
  );
  /** What is looked at; the first clip until something is chosen, and when a chosen clip has left the bank. */
  const chosen = computed<PlayedSource | null>(() => {
    const { value } = picked;
    const there =
      value && (value.kind === 'file' ? operates : clips.value?.some(({ id }) => id === value.clipId));
    if (there) return value;
    const first = clips.value?.[0];
    return first ? { kind: 'clip', clipId: first.id } : null;
  });
  const clipOf = (source: PlayedSource | null): Clip | null =>
    source?.kind === 'clip' ? (clips.value?.find(({ id }) => id === source.clipId) ?? null) : null;

  async function look(path: string): Promise<OwnSound> {
    try {
      const found = await client.request('recordings.find', { path, limit: pageLimit });
      const problem = found.total > 0 ? null : (found.failed[0]?.message ?? 'There is no recording in it.');
      return { path, found, problem };
    } catch (thrown) {
      return { path, found: null, problem: toCurlewError(thrown).message };
    }
  }

  async function lookAt(some: readonly string[]): Promise<void> {
    await Promise.all(
      some.map(async (path) => {
        const sound = await look(path);
        looked.value = new Map(looked.value).set(path, sound);
      }),
    );
  }

  async function loadClips(): Promise<void> {
    clips.value = await client.request('clips.list', {});
  }

  return {
    clips,
    own,
    chosen,
    loadClips,
    /** The clips, and what lies at the person's own paths now. */
    async load() {
      await Promise.all([loadClips(), operates ? lookAt(paths.value) : null]);
    },
    /** The first recording that they hold is chosen. */
    async add(some: readonly string[]) {
      const fresh = [...new Set(some)];
      paths.value = [...new Set([...paths.value, ...fresh])];
      await lookAt(fresh);
      const first = fresh.flatMap((path) => looked.value.get(path)?.found?.files ?? [])[0];
      if (first) picked.value = { kind: 'file', path: first };
    },
    remove(path: string) {
      paths.value = paths.value.filter((one) => one !== path);
    },
    choose: (source: PlayedSource) => void (picked.value = source),
    clipOf,
    /** For a person. */
    nameOf: (source: PlayedSource): string =>
      source.kind === 'file'
        ? baseName(source.path)
        : ((clip) => (clip ? `${clip.label}: ${clip.title}` : source.clipId))(clipOf(source)),
  };
});
