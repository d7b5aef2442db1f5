// @vitest-environment jsdom
import { mount } from '@vue/test-utils';
import { afterEach, describe, expect, it } from 'vitest';
import { defineComponent, h, nextTick, ref, withDirectives } from 'vue';
import { vRoving } from './roving.ts';

const names = ref<string[]>([]);
const List = defineComponent({
  props: { flow: Boolean },
  setup: (props) => () =>
    withDirectives(
      h(
        'ul',
        names.value.map((name) => h('li', { key: name }, [h('button', { id: name }, name), h('a')])),
      ),
      [[vRoving, 'button', '', props.flow ? { flow: true } : {}]],
    ),
});

function shown(count: number, flow = false) {
  names.value = Array.from({ length: count }, (_, i) => `n${i}`);
  return mount(List, { props: { flow }, attachTo: document.body });
}
const stops = () =>
  [...document.querySelectorAll('button')].filter((one) => one.tabIndex === 0).map(({ id }) => id);
const press = (key: string) =>
  document.activeElement!.dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }),
  );
const focused = () => document.activeElement!.id;

afterEach(() => document.body.replaceChildren());

describe('a list that is one Tab stop', () => {
  it('stops Tab once, at the first entry, and again where the keys left it', () => {
    shown(2000);
    expect(stops()).toEqual(['n0']);
    document.getElementById('n0')!.focus();
    const went = [
      'ArrowDown',
      'ArrowDown',
      'ArrowUp',
      'PageDown',
      'End',
      'ArrowDown',
      'PageUp',
      'Home',
      'ArrowUp',
    ].map((key) => (press(key), focused()));
    expect(went).toEqual(['n1', 'n2', 'n1', 'n11', 'n1999', 'n1999', 'n1989', 'n0', 'n0']);
    press('PageDown');
    expect(stops()).toEqual(['n10']);
  });

  it('stays one stop when entries come and go', async () => {
    shown(3);
    document.getElementById('n1')!.focus();
    names.value = ['new', 'n1', 'n2', 'more'];
    await nextTick();
    expect(stops()).toEqual(['n1']);
    names.value = ['new', 'n2', 'more'];
    await nextTick();
    expect(stops()).toEqual(['new']);
  });

  it('leaves the sideways arrows to scrolling, unless entries stand beside each other', () => {
    const list = shown(3);
    document.getElementById('n0')!.focus();
    expect(press('ArrowRight')).toBe(true);
    expect(focused()).toBe('n0');
    list.unmount();
    shown(3, true);
    document.getElementById('n0')!.focus();
    expect(press('ArrowRight')).toBe(false);
    expect(focused()).toBe('n1');
  });
});
