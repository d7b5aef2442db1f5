import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type { RequestParams } from '../../main/contract/requests.ts';
import type { UncertainCount, UncertainItem, Verdict } from '../../main/contract/types.ts';
import type { LogMel } from '../reference/messages.ts';
import { useFollowed } from './followed.ts';
import { useLab } from './lab.ts';
import { useReview } from './review.ts';

/** Asked for at once. */
const page = 50;

/** Windows that boards kept as their least certain: how many there are, and those that are decided, one after another. */
export const useUncertain = defineStore('uncertain', () => {
  const { client } = useLab();
  const review = useReview();

  /** By board; undecided are those that nobody has decided. */
  const counts = shallowRef<readonly UncertainCount[]>([]);
  const load = useFollowed(
    'uncertain',
    () => client.request('uncertain.counts', {}),
    (found) => (counts.value = found),
    'How many uncertain windows there are could not be read',
  );
  /** Likewise, but undecided are those that the reviewer has not; null before there is one. */
  const own = shallowRef<readonly UncertainCount[] | null>(null);
  const loadOwn = useFollowed(
    'uncertain',
    async () =>
      review.reviewer === '' ? null : client.request('uncertain.counts', { reviewer: review.reviewer }),
    (found) => (own.value = found),
    'How many uncertain windows are left could not be read',
  );

  /** Of which board windows are looked at; null: of all. */
  const boardId = ref<string | null>(null);
  /** As far as they were fetched, in the order in which the person comes to them. */
  const items = shallowRef<readonly UncertainItem[]>([]);
  /** Place of the one that is shown; as many as there are: the end. */
  const at = ref(0);
  /** The last that was fetched. */
  let last: number | undefined;
  let ended = false;
  let sitting = 0;

  const ofBoard = computed(() => (boardId.value === null ? {} : { boardId: boardId.value }));
  const decisionOf = ({ decisions }: UncertainItem) =>
    decisions.find(({ reviewer }) => reviewer === review.reviewer) ?? null;
  const keep = (item: UncertainItem): void => {
    items.value = items.value.map((one) => (one.number === item.number ? item : one));
  };

  async function more(): Promise<void> {
    const mine = sitting;
    const found = await client.request('uncertain.list', {
      ...ofBoard.value,
      ...(last !== undefined && { after: last }),
      undecidedBy: review.reviewer,
      limit: page,
    });
    if (mine !== sitting) return;
    last = found.at(-1)?.number ?? last;
    ended = found.length < page;
    // One that was looked up is not come to a second time.
    const known = new Set(items.value.map(({ number }) => number));
    items.value = [...items.value, ...found.filter(({ number }) => !known.has(number))];
  }
  /** The first from a place on that the reviewer has not decided; fetches where none is left here. */
  async function openFrom(place: number): Promise<void> {
    const mine = sitting;
    for (;;) {
      const next = items.value.findIndex((item, i) => i >= place && decisionOf(item) === null);
      if (next >= 0 || ended) {
        at.value = next < 0 ? items.value.length : next;
        return;
      }
      await more();
      if (mine !== sitting) return;
    }
  }
  /** Shows one that may not have been come to, before what is shown now. */
  function show(item: UncertainItem): void {
    const there = items.value.findIndex(({ number }) => number === item.number);
    if (there >= 0) keep(item);
    else items.value = [...items.value.slice(0, at.value), item, ...items.value.slice(at.value)];
    if (there >= 0) at.value = there;
  }

  return {
    ...{ counts, own, boardId, items, at },
    item: computed(() => items.value[at.value] ?? null),
    load,
    decisionOf,
    /** Begins anew with what the reviewer has not decided. */
    async begin(): Promise<void> {
      sitting++;
      items.value = [];
      at.value = 0;
      last = undefined;
      ended = false;
      await Promise.all([loadOwn(), openFrom(0)]);
    },
    skip: () => openFrom(at.value + 1),
    back: () => void (at.value = Math.max(0, at.value - 1)),
    /** Shows one of those that are looked at by its number, decided or not. */
    async open(number: number): Promise<void> {
      const after = number > 1 ? { after: number - 1 } : {};
      const [found] = await client.request('uncertain.list', { ...ofBoard.value, ...after, limit: 1 });
      if (found?.number === number) show(found);
    },
    /** Of the one that is shown; then the next open one is. */
    async decide(verdict: Verdict, label: string | null = null): Promise<void> {
      const item = items.value[at.value];
      if (!item) return;
      const asked = { number: item.number, reviewer: review.reviewer, verdict };
      keep(await client.request('uncertain.decide', label === null ? asked : { ...asked, label }));
      await openFrom(at.value + 1);
    },
    /** Takes the reviewer's last decision back, and shows its window. @returns whether there was one */
    async undo(): Promise<boolean> {
      const item = await client.request('uncertain.undo', { reviewer: review.reviewer });
      if (item) show(item);
      return item !== null;
    },
    /** Those of the board that is looked at, after a number. */
    list: (after: number | undefined, limit: number) =>
      client.request('uncertain.list', {
        ...{ ...ofBoard.value, limit },
        ...(after !== undefined && { after }),
      }),
    async logMel(number: number): Promise<LogMel> {
      const { frames, codes, offset, scale } = await client.request('uncertain.logMel', { number });
      return { frames, values: Float32Array.from(Int8Array.from(codes), (code) => offset + code / scale) };
    },
    labelledSet: (wish: RequestParams<'uncertain.labelledSet'>) =>
      client.request('uncertain.labelledSet', wish),
  };
});
