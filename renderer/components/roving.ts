/**
 * `v-roving="selector"` makes a list one stop of the Tab key, however long it is: arrow keys, Home, End and the page
 * keys go from one entry to the next, Enter and Space do what a click does. With `.flow` entries stand beside each other
 * as well, and the arrows to the sides move too.
 */
import type { Directive } from 'vue';
import { listSteps } from './list-steps.ts';

const sideways: Record<string, string> = { ArrowRight: 'ArrowDown', ArrowLeft: 'ArrowUp' };

/** The list's entries, and the one that Tab goes to. */
function entriesOf(list: HTMLElement): HTMLElement[] {
  return [...list.querySelectorAll<HTMLElement>(list.dataset['roving']!)];
}

function makeStop(entries: readonly HTMLElement[], stop: HTMLElement | undefined): void {
  for (const entry of entries) {
    const wanted = entry === stop ? 0 : -1;
    if (entry.tabIndex !== wanted || !entry.hasAttribute('tabindex')) entry.tabIndex = wanted;
  }
}

/** What was the stop, else what is chosen, else the first. */
function settle(list: HTMLElement): void {
  const entries = entriesOf(list);
  const chosen = ':is([aria-current="true"], [aria-pressed="true"])';
  makeStop(
    entries,
    entries.find((one) => one.getAttribute('tabindex') === '0') ??
      entries.find((one) => one.matches(chosen)) ??
      entries[0],
  );
}

function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const list = event.currentTarget as HTMLElement;
  const key = 'flow' in list.dataset ? (sideways[event.key] ?? event.key) : event.key;
  const entries = entriesOf(list);
  const at = entries.indexOf(event.target as HTMLElement);
  const next = at < 0 ? undefined : entries[listSteps[key]?.(at, entries.length - 1) ?? -1];
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.scrollIntoView?.({ block: 'nearest', inline: 'nearest' });
}

function onFocus(event: FocusEvent): void {
  const entries = entriesOf(event.currentTarget as HTMLElement);
  const entry = entries.find((one) => one === event.target);
  if (entry) makeStop(entries, entry);
}

export const vRoving: Directive<HTMLElement, string, 'flow'> = {
  mounted(list, { value, modifiers }) {
    list.dataset['roving'] = value;
    if (modifiers.flow) list.dataset['flow'] = '';
    list.addEventListener('keydown', onKey);
    list.addEventListener('focusin', onFocus);
    settle(list);
  },
  updated: settle,
};
