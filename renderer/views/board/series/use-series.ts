/** What is shown of a board over time: asked for whenever the stretch is another, and now and then where it follows the present. */
import { onBeforeUnmount, ref, shallowRef, watch, type Ref } from 'vue';
import type { ClassTimeline, Series, Timeline, TimelineGroup } from '../../../../main/contract/types.ts';
import type { Figure } from '../../../../main/fleet/contract/figure-words.ts';
import { useLab } from '../../../stores/lab.ts';
import { useNotices } from '../../../stores/notices.ts';
import { followEveryMs, lastOf, type Preset, type ViewRange } from './view-range.ts';

/** Buckets of a chart: about what it has pixels for two of. */
const points = 600;
/** While a stretch is dragged it is asked for this much later than it stands still, milliseconds. */
const settleMs = 120;

export interface Shown {
  boardId: string;
  figures: readonly Figure[];
  groups: readonly TimelineGroup[];
}

/** @param shown a new object whenever something else is to be shown @param first preset that it begins with */
export function useSeries(shown: Ref<Shown>, first: Preset) {
  const { client } = useLab();
  const notices = useNotices();
  /** Null where a person chose the stretch: it stays then. */
  const preset = ref<Preset | null>(first);
  const range = shallowRef<ViewRange>(lastOf(first, Date.now()));
  const series = shallowRef(new Map<Figure, Series>());
  const heard = shallowRef<ClassTimeline | null>(null);
  const timeline = shallowRef<Timeline>({ boardId: shown.value.boardId, events: [], leftOut: 0 });
  const error = ref<string | null>(null);
  let asked = 0;

  async function load(): Promise<void> {
    const turn = ++asked;
    const { boardId, figures, groups } = shown.value;
    const stretch = { boardId, ...range.value };
    try {
      const [lines, classes, events] = await Promise.all([
        Promise.all(
          figures.map((figure) => client.request('telemetry.series', { ...stretch, figure, points })),
        ),
        client.request('telemetry.classes', { ...stretch, points: points / 4 }),
        groups.length === 0
          ? { boardId, events: [], leftOut: 0 }
          : client.request('telemetry.events', { ...stretch, groups: [...groups] }),
      ]);
      if (turn !== asked) return;
      series.value = new Map(lines.map((one) => [one.figure, one]));
      heard.value = classes;
      timeline.value = events;
      error.value = null;
    } catch (thrown) {
      if (turn === asked)
        error.value = notices.fail('What the board recorded over time could not be read', thrown);
    }
    if (turn === asked) followLater();
  }

  let timer: ReturnType<typeof setTimeout> | undefined;
  function later(work: () => void, ms: number): void {
    clearTimeout(timer);
    timer = setTimeout(work, ms);
  }
  function followLater(): void {
    const { value } = preset;
    if (value === null) return clearTimeout(timer);
    later(() => follow(value), followEveryMs(range.value, points));
  }

  function follow(wanted: Preset): void {
    preset.value = wanted;
    range.value = lastOf(wanted, Date.now());
    void load();
  }

  function look(wanted: ViewRange): void {
    preset.value = null;
    range.value = wanted;
    // An answer that is still on its way is of another stretch.
    asked++;
    later(() => void load(), settleMs);
  }

  watch(shown, (now, before) => {
    if (now.boardId !== before.boardId) {
      series.value = new Map();
      heard.value = null;
      timeline.value = { boardId: now.boardId, events: [], leftOut: 0 };
    }
    void load();
  });
  void load();
  onBeforeUnmount(() => {
    asked++;
    clearTimeout(timer);
  });

  return { preset, range, series, heard, timeline, error, follow, look };
}
