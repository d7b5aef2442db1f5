import { defineStore } from 'pinia';
import { computed, ref, shallowRef, watch } from 'vue';
import { allOf, pageLimit } from '../../main/contract/pieces.ts';
import type { Job, Played, PlayedSource, WindowResult } from '../../main/contract/types.ts';
import type { Agreement } from '../../models/evaluation/agreement.ts';
import { patchSamples } from '../../models/features/log-mel.ts';
import { windowOf } from '../audio/pcm.ts';
import { reference as pageReference } from '../reference/reference-client.ts';
import { useBench } from './bench.ts';
import { summaryOf } from './comparison-summary.ts';
import { useExperts } from './experts.ts';
import { useHeard } from './heard.ts';
import { isOver, useJobs } from './jobs.ts';
import { useLab } from './lab.ts';
import { recall, remember } from './memory.ts';
import { useNotices } from './notices.ts';
import { canHold, filesOf, hold, type HeldRouting, type References } from './references.ts';
import { soundKey, useSounds } from './sounds.ts';

/** One window of the recording and the three answers to it, as far as they are in. */
export interface ComparedWindow {
  startS: number;
  board: WindowResult;
  /** The expert that answered, the highest ranked of several, as it was called then; null where nobody noted it. */
  expertName: string | null;
  /** A bank of this lab has those who answered: it is held against their references. Else the answer is shown alone. */
  held: boolean;
  quantized: Float32Array | null;
  float: Float32Array | null;
  agreement: Agreement | null;
  /** Of the router that picked them. */
  routing: HeldRouting | null;
}

/** What tells what answered: a router names its experts by their hashes, and they their encoder. */
const answererOf = ({ bank }: Played): string | null => (bank?.router ?? bank?.experts[0])?.sha256 ?? null;

/**
 * What the board on the bench answered to the recording that is looked at, whoever played it and when, each answer held
 * against the references of the expert that gave it, which run here in the page.
 */
export const useComparison = defineStore('comparison', () => {
  const { client } = useLab();
  const bench = useBench();
  const jobs = useJobs();
  const experts = useExperts();
  const notices = useNotices();
  const sounds = useSounds();
  let references: References = pageReference;
  const heard = useHeard(
    () => sounds.chosen,
    () => references,
  );

  /** Of the recording at the board, the newest with each bank; newest first. */
  const plays = shallowRef<Played[]>([]);
  const windows = shallowRef<ComparedWindow[]>([]);
  const starting = ref(false);
  const problem = ref<string | null>(null);
  /** The job that was started here last. */
  const started = ref<string | null>(null);
  /** At which board each job plays that was begun here, or that has played a recording since the page was opened. */
  const boardOf = shallowRef<ReadonlyMap<string, string>>(new Map());
  const note = (jobId: string, boardId: string) =>
    (boardOf.value = new Map(boardOf.value).set(jobId, boardId));
  /** It plays a folder: its recordings are shown as they are played. */
  const followed = ref<string | null>(null);

  const place = computed(() =>
    bench.board && sounds.chosen ? { boardId: bench.board.id, source: sounds.chosen } : null,
  );
  const placeKey = computed(() => place.value && `${place.value.boardId} ${soundKey(place.value.source)}`);
  const isHere = (played: Played): boolean =>
    `${played.boardId} ${soundKey(played.source)}` === placeKey.value;

  const runs = computed(() => bench.runs?.sha256 ?? null);
  /** The answer of what the board runs now, else the newest of what ran before. */
  const played = computed<Played | null>(
    () => plays.value.find((one) => answererOf(one) === runs.value) ?? plays.value[0] ?? null,
  );
  /** It is of another file than lies there now. */
  const otherFile = computed(() => {
    const was = played.value?.file;
    const is = heard.info.value;
    return Boolean(was && is && (was.bytes !== is.bytes || was.modifiedMs !== is.modifiedMs));
  });
  /** What is shown is what the board would answer with now. */
  const current = computed(
    () => played.value !== null && answererOf(played.value) === runs.value && !otherFile.value,
  );
  /** Something is being played at the board: a folder also between two recordings. */
  const running = computed(() => {
    const boardId = bench.board?.id;
    const mine = (job: Job): boolean => job.kind === 'play' && boardOf.value.get(job.id) === boardId;
    return starting.value || jobs.list.some((job) => mine(job) && !isOver(job) && job.state !== 'paused');
  });

  /** Why nothing can be played at the board now, whichever recording; null where something can. */
  const locked = computed(() => {
    if (!bench.board) return 'Attach a board first.';
    if (!bench.ready) return 'The board does not answer.';
    if (!bench.board.activeExpert) return 'The board has no expert: deploy one first.';
    if (bench.board.continuous) return 'The board is listening: switch listening off first.';
    return running.value ? 'A recording is being played.' : null;
  });

  /** The windows that begin in what is shown of the recording. */
  const stretch = computed(() => {
    const { startS, seconds } = heard.stretch.value;
    const last = heard.at.value + 1 === heard.total.value;
    return { fromS: startS, toS: last ? undefined : startS + seconds };
  });

  /** What the play was answered with, as far as the banks have it. */
  const files = computed(() => (played.value?.bank ? filesOf(played.value.bank, experts) : null));

  function windowFrom(result: WindowResult): ComparedWindow {
    const bank = played.value?.bank ?? null;
    return {
      startS: result.startS,
      board: result,
      expertName: bank?.experts[result.place]?.name ?? null,
      held: bank !== null && files.value !== null && canHold(result, bank, files.value),
      ...{ quantized: null, float: null, agreement: null, routing: null },
    };
  }

  function add(results: readonly WindowResult[]): void {
    const { fromS, toS = Infinity } = stretch.value;
    const known = new Set(windows.value.map(({ startS }) => startS));
    const fresh = results.filter(({ startS }) => startS >= fromS && startS < toS && !known.has(startS));
    if (fresh.length === 0) return;
    windows.value = [...windows.value, ...fresh.map(windowFrom)].sort((a, b) => a.startS - b.startS);
    compare();
  }

  /** What the lab holds of the windows that are shown. */
  async function loadWindows(): Promise<void> {
    const { value } = played;
    if (!value) return;
    const shown = stretch.value;
    const found = await allOf<WindowResult>((last) =>
      client.request('play.windows', {
        playedId: value.id,
        ...shown,
        afterS: last?.startS,
        limit: pageLimit,
      }),
    );
    const same = stretch.value.fromS === shown.fromS && stretch.value.toS === shown.toS;
    if (played.value?.id === value.id && same) add(found);
  }

  async function loadPlays(): Promise<void> {
    const asked = place.value;
    const key = placeKey.value;
    const found = asked ? await client.request('play.newest', asked) : [];
    if (placeKey.value !== key) return;
    // What began while the answer was on its way is newer.
    const began = plays.value.filter(
      (one) => isHere(one) && one.endedMs === null && !found.some(({ id }) => id === one.id),
    );
    plays.value = [...began, ...found];
    for (const { jobId, boardId } of found) if (!boardOf.value.has(jobId)) note(jobId, boardId);
  }

  const tell = (title: string) => (thrown: unknown) => void (problem.value = notices.fail(title, thrown));

  watch(
    placeKey,
    () => {
      plays.value = [];
      problem.value = null;
      loadPlays().catch(tell('What was played before could not be loaded'));
    },
    { immediate: true, flush: 'sync' },
  );
  // At once, before a window's event can follow. Banks that are read later, or change, may have the references.
  watch(
    [() => played.value?.id, () => stretch.value.fromS, () => stretch.value.toS, () => experts.list],
    () => {
      windows.value = [];
      loadWindows().catch(tell('The answers could not be loaded'));
    },
    { immediate: true, flush: 'sync' },
  );

  client.on('played', (told) => {
    note(told.jobId, told.boardId);
    if (told.jobId === followed.value && told.endedMs === null && !isHere(told)) sounds.choose(told.source);
    if (!isHere(told)) return;
    const others = plays.value.filter((one) => one.id !== told.id);
    if (told.endedMs !== null && told.windows === 0) {
      // It left no answer: what was answered before stands.
      plays.value = others;
      loadPlays().catch(tell('What was played before could not be loaded'));
      return;
    }
    plays.value = [told, ...others.filter((one) => answererOf(one) !== answererOf(told))];
    // A window may have been on its way to the store when this page asked for them.
    if (told.endedMs !== null) loadWindows().catch(tell('The answers could not be loaded'));
  });
  client.on('window', ({ playedId, result }) => {
    if (played.value?.id === playedId) add([result]);
  });

  client.on('jobGone', ({ jobId }) => {
    // Its answers went with it; those before it stand.
    if (!plays.value.some((one) => one.jobId === jobId)) return;
    plays.value = plays.value.filter((one) => one.jobId !== jobId);
    loadPlays().catch(tell('What was played before could not be loaded'));
  });

  watch(
    () => jobs.find(started.value)?.error,
    (error) => error && (problem.value = error.message),
  );

  let comparing = false;
  /** One window after another, so that turning to something else leaves nothing that must be waited for. */
  function compare(): void {
    if (comparing) return;
    comparing = true;
    compareNext()
      .catch(tell('The references could not be run'))
      .finally(() => (comparing = false));
  }

  async function compareNext(): Promise<void> {
    for (;;) {
      const { samples } = heard;
      const next = windows.value.find((one) => one.held && one.agreement === null);
      const bank = played.value?.bank;
      if (!next || !bank || !files.value || !samples.value) return;
      const from = heard.stretch.value.startS;
      const pcm = windowOf(samples.value, next.startS - from, patchSamples);
      const answer = { result: next.board, bank, files: files.value };
      const compared = { ...next, ...(await hold(references, experts, answer, pcm)) };
      // Put where the very window still stands; another play's has other objects.
      windows.value = windows.value.map((one) => (one === next ? compared : one));
    }
  }
  watch(heard.samples, compare);

  async function start(source: PlayedSource | { kind: 'files'; paths: string[] }): Promise<Job | null> {
    if (!bench.board || starting.value) return null;
    problem.value = null;
    starting.value = true;
    try {
      const job = jobs.keep(await client.request('play.start', { boardId: bench.board.id, source }));
      note(job.id, bench.board.id);
      started.value = job.id;
      followed.value = source.kind === 'files' ? job.id : null;
      return job;
    } finally {
      starting.value = false;
    }
  }

  /** Of the experts that answered: one encoder for all. */
  const encoder = computed(() => files.value?.experts.find(Boolean)?.encoder ?? null);
  const summary = computed(() => summaryOf(windows.value, encoder.value));

  /** The play whose answers were compared last, in an earlier visit too: the lab keeps them as long as its job. */
  const comparedJob = ref(recall<string>('comparison.job'));
  watch(comparedJob, (id) => remember('comparison.job', id));
  watch(
    () => (summary.value === null ? null : (played.value?.jobId ?? null)),
    (id) => id !== null && (comparedJob.value = id),
  );

  return {
    heard,
    /** Recordings that the last play begun here passed over, and why. */
    passedOver: computed(() => {
      const result = jobs.find(started.value)?.result;
      return result?.kind === 'play' ? result.failed : [];
    }),
    plays,
    played,
    current,
    otherFile,
    windows,
    problem,
    starting,
    running,
    locked,
    /** Classes by their numbers, where a bank has one of the experts. */
    classes: computed(
      () =>
        played.value?.bank?.experts.map((one) => experts.ofImage(one.sha256)?.classes).find(Boolean) ?? null,
    ),
    compared: computed(() => windows.value.some(({ held }) => held)),
    /** What took part in the answers and is in no bank of this lab. */
    missing: computed(() => files.value?.missing ?? []),
    summary,
    /** Answers that the lab keeps have been compared. */
    done: computed(() => summary.value !== null || jobs.find(comparedJob.value) !== null),
    /** Loads what is chosen; called where it is shown, and when another is chosen there. */
    load: heard.load,
    /** Plays what is chosen, or the stretch of it that is shown. */
    async play(stretchAlone = false) {
      if (!sounds.chosen) return;
      const { startS, seconds: durationS } = heard.stretch.value;
      const alone = stretchAlone && sounds.chosen.kind === 'file' ? { startS, durationS } : {};
      await start({ ...sounds.chosen, ...alone });
    },
    playAll: (paths: string[]) => start({ kind: 'files', paths }),
    /** The person looks at one of them: those that are played next are no longer shown by themselves. */
    choose(source: PlayedSource) {
      followed.value = null;
      sounds.choose(source);
    },
    /** For tests: other references than the page's worker. */
    use: (others: References) => void (references = others),
  };
});
