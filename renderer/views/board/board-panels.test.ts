// @vitest-environment jsdom
import { flushPromises, mount } from '@vue/test-utils';
import { createPinia } from 'pinia';
import type { Component } from 'vue';
import { describe, expect, it } from 'vitest';
import type { Board, BoardLogEntry, BoardSettings, SigningKey } from '../../../main/contract/types.ts';
import StorePanel from '../../components/store/StorePanel.vue';
import { labKey } from '../../stores/lab.ts';
import { board, LabDouble, settings, shellDouble, slot, store } from '../../test/lab-double.ts';
import BoardLog from './BoardLog.vue';
import DeleteRecords from './DeleteRecords.vue';
import KeyPanel from './KeyPanel.vue';
import SettingsPanel from './SettingsPanel.vue';

async function show(component: Component, lab: LabDouble, props: object) {
  const { shell, saved } = shellDouble();
  const wrapper = mount(component, {
    props,
    global: { plugins: [createPinia()], provide: { [labKey as symbol]: { client: lab, shell } } },
  });
  await flushPromises();
  return { wrapper, saved };
}

describe('the settings of a board', () => {
  const lab = (found = settings()) =>
    new LabDouble({
      'boards.settings': () => found,
      'boards.changeSettings': ({ settings: wanted }) => wanted as BoardSettings,
    });
  const field = (name: string) => `#set-${name}`;

  it('are saved as they were typed, an empty place as no place', async () => {
    const double = lab(settings({ latitude: 54, longitude: 8 }));
    const { wrapper } = await show(SettingsPanel, double, { board: board() });
    const save = () => wrapper.get('button.primary');
    expect(save().attributes('disabled')).toBeDefined();
    await wrapper.get(field('name')).setValue('Reed bed');
    await wrapper.get(field('latitude')).setValue('');
    await wrapper.get(field('longitude')).setValue('');
    await wrapper.get(field('hop')).setValue('0.96');
    await wrapper.get(field('auto')).setValue(true);
    await wrapper.get('form').trigger('submit');
    await flushPromises();
    expect(double.asked.at(-1)).toEqual({
      name: 'boards.changeSettings',
      params: {
        boardId: board().id,
        settings: settings({ name: 'Reed bed', hopSamples: 15_360, autoStart: true }),
      },
    });
    expect(save().attributes('disabled')).toBeDefined();
  });

  it('do not take the place of what is typed while they are read again', async () => {
    const found = [settings({ name: 'Marsh' })];
    const double = new LabDouble({ 'boards.settings': () => found.shift() ?? later });
    let answer = (_settings: BoardSettings): void => undefined;
    const later = new Promise<BoardSettings>((resolve) => (answer = resolve));
    const { wrapper } = await show(SettingsPanel, double, { board: board() });
    await wrapper.setProps({ board: board({ bootId: board().bootId + 1 }) });
    await wrapper.get(field('name')).setValue('Reed bed');
    answer(settings({ name: 'Marsh' }));
    await flushPromises();
    expect(wrapper.get<HTMLInputElement>(field('name')).element.value).toBe('Reed bed');
  });

  it('show at the field what a board would not take, and cannot be saved so', async () => {
    const { wrapper } = await show(SettingsPanel, lab(), { board: board() });
    await wrapper.get(field('listenS')).setValue('60');
    expect(wrapper.text()).toContain('A period of 0 s is shorter than the 60 s of listening in it.');
    expect(wrapper.get(field('periodS')).attributes('aria-invalid')).toBe('true');
    expect(wrapper.get('button.primary').attributes('disabled')).toBeDefined();
    await wrapper.get(field('periodS')).setValue('600');
    expect(wrapper.find('.problem').exists()).toBe(false);
    expect(wrapper.get('button.primary').attributes('disabled')).toBeUndefined();
  });
});

describe('the store of a board', () => {
  const slots = [
    slot({ slot: 0, name: 'night', length: 200_000, ternary: true, bits: 2 }),
    slot({ slot: 1, name: 'day', active: false, previous: true, signed: true }),
    slot({ slot: 4, name: '', state: 'partial', kind: null, active: false, length: 1000, offset: 250 }),
    slot({ slot: 5, name: 'owls', active: false, sha256: 'cd'.repeat(32) }),
  ];
  const lab = (trial: Board['trial'] = 'none') => {
    const found = store({ slots, active: [0], previous: [1], trial });
    return new LabDouble({
      'slots.list': () => found,
      'slots.activate': () => found,
      'slots.erase': () => found,
      'slots.rollback': () => found,
      'slots.confirm': () => ({ ...found, trial: 'none' }),
    });
  };
  const props = { board: board(), locked: false };

  it('is drawn to scale, each stretch by what it is to the board', async () => {
    const { wrapper } = await show(StorePanel, lab(), props);
    const stretches = wrapper.findAll('.stretch');
    expect(stretches.map((one) => one.classes().filter((name) => name !== 'stretch'))).toEqual([
      ['active'],
      ['previous'],
      ['partial'],
      ['idle'],
    ]);
    expect((stretches[0]?.element as HTMLElement).style.width).toMatch(/^19\.07/);
    expect(wrapper.get('[role="img"]').attributes('aria-label')).toContain('4 of 12 slots');
  });

  it('calls ternary weights ternary, and tells how far a partial upload is', async () => {
    const { wrapper } = await show(StorePanel, lab(), props);
    expect(wrapper.text()).toContain('ternary');
    expect(wrapper.text()).not.toContain('2-bit');
    expect(wrapper.text()).toContain('25 % of 1.00 kB');
    expect(wrapper.text()).toContain('signed');
  });

  it('offers for each slot what the board would do, and nothing else', async () => {
    const double = lab();
    const { wrapper } = await show(StorePanel, double, props);
    const offers = wrapper.findAll('li').map((row) => row.findAll('button').map((button) => button.text()));
    expect(offers).toEqual([[], ['Activate', 'Erase…'], ['Erase…'], ['Activate', 'Erase…']]);
    await wrapper.findAll('li')[3]?.get('button').trigger('click');
    expect(double.asked.at(-1)).toEqual({
      name: 'slots.activate',
      params: { boardId: board().id, slots: [5] },
    });
    await flushPromises();
    await wrapper.get('header button').trigger('click');
    expect(double.asked.at(-1)?.name).toBe('slots.rollback');
  });

  it('stops the board, so that nothing answers and all can be erased', async () => {
    const double = lab();
    const { wrapper } = await show(StorePanel, double, props);
    const stop = wrapper.findAll('header button').find((button) => button.text() === 'Stop');
    await stop!.trigger('click');
    expect(double.asked.at(-1)).toEqual({
      name: 'slots.activate',
      params: { boardId: board().id, slots: [] },
    });
  });

  it('asks before it erases, and says what is in the slot and whether the board falls back on it', async () => {
    const double = lab();
    const { wrapper } = await show(StorePanel, double, props);
    const erase = async (row: number) => {
      await wrapper.findAll('li')[row]?.findAll('button').at(-1)?.trigger('click');
      await flushPromises();
      return document.querySelector('[role="dialog"]')!;
    };
    const before = double.asked.length;
    expect((await erase(1)).textContent).toContain('The board falls back on it');
    expect((await erase(2)).textContent).toContain('a part of an upload');
    const dialog = await erase(3);
    expect(dialog.textContent).toContain('holds the expert owls, version 1. It is not in use');
    expect(double.asked).toHaveLength(before);
    dialog.querySelector<HTMLButtonElement>('button.danger')!.click();
    await flushPromises();
    expect(double.asked.at(-1)).toEqual({ name: 'slots.erase', params: { boardId: board().id, slot: 5 } });
    expect(document.querySelector('[role="dialog"]')).toBeNull();
  });

  it('calls an encoder by its name and offers to erase it, not to activate it', async () => {
    const found = store({
      slots: [slot({ slot: 4, kind: 'encoder', name: 'Marsh', bits: 8, active: false })],
    });
    const double = new LabDouble({ 'slots.list': () => found });
    const { wrapper } = await show(StorePanel, double, props);
    expect(wrapper.get('li').text()).toMatch(/Marsh\s*encoder · 8-bit/);
    expect(wrapper.findAll('li button').map((button) => button.text())).toEqual(['Erase…']);
  });

  it('says that a bank is on trial and ends the trial when told to', async () => {
    const double = lab('trial');
    const { wrapper } = await show(StorePanel, double, props);
    expect(wrapper.text()).toContain('On trial');
    await wrapper.get('header button').trigger('click');
    await flushPromises();
    expect(double.asked.at(-1)?.name).toBe('slots.confirm');
    expect(wrapper.text()).not.toContain('On trial');
  });

  it('says that the board fell back', async () => {
    const { wrapper } = await show(StorePanel, lab('fell_back'), props);
    expect(wrapper.get('.note.warn').text()).toContain('Fell back');
  });

  it('offers no roll back where the board is protected against it', async () => {
    const guarded = { ...props, board: board({ rollbackProtected: true }) };
    const { wrapper } = await show(StorePanel, lab(), guarded);
    const back = wrapper.get('header button');
    expect(back.attributes('disabled')).toBeDefined();
    expect(back.attributes('title')).toContain('protected');
  });
});

describe('the key of a board', () => {
  const key: SigningKey = {
    id: 'fedcba9876543210',
    name: 'Station',
    publicKey: 'ef'.repeat(32),
    createdMs: 1,
    keptIn: 'file',
  };
  const lab = (keys = [key]) =>
    new LabDouble({
      'keys.list': () => keys,
      'keys.delete': () => [],
      'keys.backup': () => ({ name: 'keys.pem', mime: 'x', text: 'ENCRYPTED' }),
      'keys.restore': () => ({ restored: [key], present: [] }),
      'keys.export': () => ({ name: 'k.pem', mime: 'x', text: 'PEM' }),
      'boards.setKey': ({ keyId }) => board({ keyId }),
    });

  it('is chosen among the lab’s keys and set with the protection', async () => {
    const double = lab();
    const { wrapper } = await show(KeyPanel, double, { board: board() });
    expect(wrapper.text()).toContain('takes any image');
    expect(wrapper.text()).toContain('in a file');
    await wrapper.get('#board-key').setValue(key.id);
    await wrapper.get('input[type=checkbox]').setValue(true);
    await wrapper.get('form').trigger('submit');
    expect(double.asked.at(-1)).toEqual({
      name: 'boards.setKey',
      params: { boardId: board().id, keyId: key.id, protect: true },
    });
  });

  it('cannot be changed, and the page says why, where the lab does not hold it', async () => {
    const foreign = board({ keyId: '0011223344556677' });
    const { wrapper } = await show(KeyPanel, lab(), { board: foreign });
    expect(wrapper.get('.note.warn').text()).toContain('this lab does not hold');
    expect(wrapper.get('#board-key').attributes('disabled')).toBeDefined();
  });

  it('is deleted only when asked twice', async () => {
    const double = lab();
    const { wrapper } = await show(KeyPanel, double, { board: board() });
    const button = (text: string) => wrapper.findAll('li button').find((one) => one.text() === text);
    await button('Delete…')?.trigger('click');
    expect(double.asked.map(({ name }) => name)).not.toContain('keys.delete');
    await button('Delete')?.trigger('click');
    await flushPromises();
    expect(double.asked.at(-1)).toEqual({ name: 'keys.delete', params: { keyId: key.id } });
  });

  it('is backed up, and restored, under a passphrase', async () => {
    const double = lab();
    const { wrapper, saved } = await show(KeyPanel, double, { board: board() });
    const button = (text: string) => wrapper.findAll('button').find((one) => one.text() === text);
    expect(button('Back up')?.attributes('disabled')).toBeDefined();
    await wrapper.get('input[type=password]').setValue('a long passphrase');
    await wrapper
      .findAll('form')
      .find((one) => one.text().includes('Back up'))
      ?.trigger('submit');
    await flushPromises();
    expect(saved).toEqual([{ name: 'keys.pem', mime: 'x', text: 'ENCRYPTED' }]);
    await wrapper.get('input[type=password]').setValue('a long passphrase');
    const chooser = wrapper.get('input[type=file]');
    Object.defineProperty(chooser.element, 'files', { value: [{ text: async () => 'PEM' }] });
    await chooser.trigger('change');
    await flushPromises();
    expect(double.asked).toContainEqual({
      name: 'keys.restore',
      params: { text: 'PEM', passphrase: 'a long passphrase' },
    });
  });

  it('leaves the lab in the open by its public half only', async () => {
    const { wrapper, saved } = await show(KeyPanel, lab(), { board: board() });
    await wrapper
      .findAll('li button')
      .find((one) => one.text() === 'Public half')
      ?.trigger('click');
    await flushPromises();
    expect(saved).toEqual([{ name: 'k.pem', mime: 'x', text: 'PEM' }]);
  });
});

describe('the log of a board', () => {
  const entry = (number: number, changes: Partial<BoardLogEntry> = {}): BoardLogEntry => ({
    ...{ number, boardId: board().id, atMs: 1_790_000_000_000 + 1000 * number, count: 1 },
    ...{ kind: 'deployed', level: 'info', text: `Number ${number}.`, by: null },
    ...changes,
  });

  it('stands newest first, with who asked, follows what happens, and is loaded further down page by page', async () => {
    const all = Array.from({ length: 150 }, (_, i) => entry(i + 1, i === 149 ? { by: 'command line' } : {}));
    const lab = new LabDouble({
      'boards.log': ({ before = Infinity, limit }) =>
        all
          .filter(({ number }) => number < before)
          .slice(-limit)
          .reverse(),
    });
    const { wrapper } = await show(BoardLog, lab, { boardId: board().id });
    const rows = () => wrapper.findAll('li').map((row) => row.text());
    expect(rows()).toHaveLength(100);
    expect(rows()[0]).toMatch(/^20\d\d-.*Number 150\..*command line/s);
    lab.raise('boardLog', entry(151, { text: 'It has restarted.' }));
    lab.raise('boardLog', entry(151, { text: 'It has restarted.', count: 3 }));
    lab.raise('boardLog', entry(152, { boardId: 'another' }));
    await flushPromises();
    expect(rows()).toHaveLength(101);
    expect(rows()[0]).toMatch(/It has restarted\.\s*\(3 times\)/);
    await wrapper.get('button').trigger('click');
    await flushPromises();
    expect(rows()).toHaveLength(151);
    expect(wrapper.find('button').exists()).toBe(false);
  });
});

describe('deleting the records of a board', () => {
  it('says before how many go and how many stay, all or up to a day', async () => {
    const lab = new LabDouble({
      'telemetry.holds': ({ beforeMs }) =>
        beforeMs === undefined
          ? { records: 1204, firstMs: 1_790_000_000_000, lastMs: 1_790_100_000_000 }
          : { records: 1200, firstMs: 1_790_000_000_000, lastMs: 1_790_050_000_000 },
      'telemetry.delete': () => ({ records: 1200 }),
    });
    await show(DeleteRecords, lab, { board: board(), open: true });
    const dialog = document.querySelector('[role="dialog"]')!;
    expect(dialog.querySelector('[role="status"]')!.textContent).toMatch(
      /1,204 records, of 20.* go for good; 0 records stay\./,
    );
    const day = dialog.querySelector<HTMLInputElement>('input[type="date"]')!;
    day.dispatchEvent(new Event('focus'));
    day.value = '2026-09-22';
    day.dispatchEvent(new Event('input'));
    await flushPromises();
    expect(dialog.querySelector('[role="status"]')!.textContent).toMatch(
      /1,200 records, .*; 4 records stay\./,
    );
    dialog.querySelector<HTMLButtonElement>('button.danger')!.click();
    await flushPromises();
    expect(lab.asked.find(({ name }) => name === 'telemetry.delete')?.params).toEqual({
      boardId: board().id,
      beforeMs: new Date(2026, 8, 22).getTime(),
    });
  });
});
