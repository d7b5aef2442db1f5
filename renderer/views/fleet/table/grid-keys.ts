/**
 * Keys of a table whose rows are drawn as they are scrolled to: one stop of the Tab key. The arrows up and down, the page
 * keys, Home and End go from row to row, those to the sides from one control of a row to the next.
 */
import { nextTick, onUpdated, ref, type Ref } from 'vue';
import { listSteps } from '../../../components/list-steps.ts';

const controls = new Set(['A', 'BUTTON', 'INPUT']);
const controlsOf = (row: Element): HTMLElement[] =>
  [...row.getElementsByTagName('*')].filter(
    (one): one is HTMLElement => controls.has(one.tagName) && !(one as HTMLButtonElement).disabled,
  );

interface Grid {
  /** Holds rows, each with the number of its line as `data-line`. */
  body: Ref<HTMLElement | undefined>;
  /** Lines that can be gone to, in their order. */
  stops: Ref<number[]>;
  /** Scrolls to a line. */
  show: (line: number) => void;
}

export function useGridKeys({ body, stops, show }: Grid) {
  /** The line that has the focus, or had it last; −1 before. */
  const active = ref(-1);
  /** The column that it has it in. */
  let column = 1;

  const rowAt = (line: number): HTMLElement | null =>
    body.value?.querySelector<HTMLElement>(`tr[data-line="${line}"]`) ?? null;
  const inColumn = (row: HTMLElement): HTMLElement | undefined => {
    const some = controlsOf(row);
    return some.find((one) => one.closest('td')?.cellIndex === column) ?? some[1] ?? some[0];
  };

  /** One control alone is a stop of the Tab key. */
  function settle(): void {
    const rows = [...(body.value?.querySelectorAll<HTMLElement>('tr[data-line]') ?? [])];
    const row = rows.find((one) => Number(one.dataset['line']) === active.value) ?? rows[0];
    const stop = row && inColumn(row);
    for (const one of rows.flatMap(controlsOf)) {
      const wanted = one === stop ? 0 : -1;
      if (one.getAttribute('tabindex') !== String(wanted)) one.tabIndex = wanted;
    }
  }
  onUpdated(settle);

  function onFocus({ target }: FocusEvent): void {
    const control = target as HTMLElement;
    const row = control.closest<HTMLElement>('tr[data-line]');
    if (!row) return;
    active.value = Number(row.dataset['line']);
    column = control.closest('td')?.cellIndex ?? column;
    settle();
  }

  async function onKey(event: KeyboardEvent): Promise<void> {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const control = event.target as HTMLElement;
    const row = control.closest<HTMLElement>('tr[data-line]');
    if (!row) return;
    if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') {
      const some = controlsOf(row);
      const to = some[some.indexOf(control) + (event.key === 'ArrowRight' ? 1 : -1)];
      event.preventDefault();
      return to?.focus();
    }
    const at = stops.value.indexOf(Number(row.dataset['line']));
    const line = stops.value[listSteps[event.key]?.(at, stops.value.length - 1) ?? -1];
    if (line === undefined) return;
    event.preventDefault();
    active.value = line;
    show(line);
    await nextTick();
    const next = rowAt(line);
    if (next) inColumn(next)?.focus({ preventScroll: true });
  }

  return { active, settle, onFocus, onKey };
}
