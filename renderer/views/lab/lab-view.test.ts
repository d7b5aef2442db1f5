// @vitest-environment jsdom
import { DOMWrapper, flushPromises, mount, RouterLinkStub } from '@vue/test-utils';
import { createPinia } from 'pinia';
import { afterEach, describe, expect, it } from 'vitest';
import type { Role } from '../../../main/contract/roles.ts';
import { CurlewError } from '../../../main/contract/error.ts';
import type { Job, LabInfo, MqttState } from '../../../main/contract/types.ts';
import { labKey } from '../../stores/lab.ts';
import { LabDouble, shellDouble } from '../../test/lab-double.ts';
import LabView from './LabView.vue';

let movesTo: string | null = null;

const mqtt: MqttState = {
  on: false,
  settings: {
    ...{ host: 'localhost', port: 1883, tls: false, authority: '', user: '', prefix: 'curlew' },
    ...{ discoveryPrefix: 'homeassistant', everyS: 30 },
  },
  ...{
    hasPassword: false,
    connection: 'off',
    problem: null,
    published: 0,
    waiting: 0,
    dropped: 0,
    refused: 0,
  },
};

const labDouble = (role: Role = 'local') =>
  new LabDouble({
    'lab.info': () => ({ role, dataFolder: '/data', roots: ['/home/ada'] }) as LabInfo,
    'data.look': () => ({
      folder: '/data',
      freeBytes: 5e9,
      movesTo,
      held: [{ jobId: 'evaluation-1', state: 'paused', bytes: 29_000_000, files: 35 }],
      kinds: [
        { kind: 'store', bytes: 3_000_000, files: 3 },
        { kind: 'features', bytes: 1_000_000, files: 1 },
        { kind: 'keys', bytes: 0, files: 0 },
      ],
      clean: [
        { kind: 'features', bytes: 1_000_000, files: 1 },
        { kind: 'backups', bytes: 2_000_000, files: 2 },
      ],
    }),
    'data.move': ({ path }) => {
      movesTo = path;
      return { to: path };
    },
    'data.stay': () => (movesTo = null),
    'data.clean': () => ({ bytes: 1_000_000, files: 1 }),
    'telemetry.levels': () => [
      { level: 'records', rows: 1_200_000, bytes: 52_428_800, firstMs: Date.UTC(2026, 3, 1) },
      { level: 'hours', rows: 0, bytes: 0, firstMs: null },
    ],
    'telemetry.retention': () => ({ recordDays: null, minuteDays: 366 }),
    'telemetry.retain': ({ recordDays, minuteDays }) => ({ recordDays, minuteDays }),
    'visits.setting': () => ({ awayHours: 24 }),
    'visits.change': ({ awayHours }) => ({ awayHours }),
    'publish.mqtt': () => mqtt,
    'publish.setMqtt': ({ on, settings, password }) => ({
      ...{ ...mqtt, on, settings, hasPassword: typeof password === 'string' },
      connection: on ? 'connecting' : 'off',
    }),
    'publish.testMqtt': () => ({ ok: false, text: 'Nothing listens there.' }),
    'publish.prometheus': () => ({ on: false, token: null, address: null }),
    'publish.switchPrometheus': ({ on }) => ({
      ...{ on, token: on ? 'a-Z_9' : null },
      address: 'http://127.0.0.1:8000/metrics',
    }),
    'publish.testPrometheus': () => ({ ok: true, text: 'It answered 200 with 7 samples.' }),
    'folders.list': () => ({ usual: ['/home/ada'], added: ['/srv/sounds'] }),
    'folders.add': ({ path }) => ({ usual: ['/home/ada'], added: ['/srv/sounds', path] }),
    'folders.remove': () => ({ usual: ['/home/ada'], added: [] }),
    'store.backup': ({ path }) => ({ path: path ?? '/data/backups/lab.duckdb', bytes: 3_000_000 }),
  });

async function show(lab = labDouble()) {
  const wrapper = mount(LabView, {
    global: {
      plugins: [createPinia()],
      stubs: { RouterLink: RouterLinkStub },
      provide: { [labKey as symbol]: { client: lab, shell: shellDouble().shell } },
    },
  });
  await flushPromises();
  const press = async (text: string, within = wrapper as Pick<typeof wrapper, 'findAll'>) => {
    await within
      .findAll('button')
      .find((one) => one.text().startsWith(text))!
      .trigger('click');
    await flushPromises();
  };
  return { wrapper, lab, press };
}

describe('the lab', () => {
  afterEach(() => document.body.replaceChildren());

  it('tells what its data folder holds, kind by kind, and nothing of what is not there', async () => {
    const { wrapper } = await show();
    const rows = wrapper.findAll('[aria-labelledby="data-folder-title"] li').map((one) => one.text());
    expect(rows).toHaveLength(2);
    expect(rows[0]).toContain('3.00 MB');
    expect(wrapper.text()).toContain('4.00 MB');
    expect(wrapper.text()).toContain('1 paused or failed job keeps 29.0 MB to go on from');
  });

  it('cleans what was chosen once the person has seen it, backups only where they are ticked', async () => {
    const { lab, press } = await show();
    await press('Clean 1.00 MB');
    expect(lab.asked.map(({ name }) => name)).not.toContain('data.clean');
    const dialog = new DOMWrapper(document.querySelector('[role="dialog"]')!);
    expect(dialog.text()).not.toContain('backups');
    await press('Remove 1.00 MB', dialog as never);
    expect(lab.asked).toContainEqual({ name: 'data.clean', params: { kinds: ['features'] } });
  });

  it('backs up into the data folder, or where the person says', async () => {
    const { wrapper, lab } = await show();
    await wrapper.get('#backup-path').setValue('/media/a.duckdb');
    await wrapper.get('[aria-labelledby="backup-title"] form').trigger('submit');
    await flushPromises();
    await wrapper.get('#backup-path').setValue('');
    await wrapper.get('[aria-labelledby="backup-title"] form').trigger('submit');
    await flushPromises();
    const asked = lab.asked.filter(({ name }) => name === 'store.backup').map(({ params }) => params);
    expect(asked).toEqual([{ path: '/media/a.duckdb' }, {}]);
    expect(wrapper.get('[role="status"]').text()).toContain('/data/backups/lab.duckdb, 3.00 MB');
  });

  it('exports what boards recorded as the person says, over a file only once they have said so', async () => {
    const { lab, press } = await show();
    const job = { title: 'Export what boards recorded to fleet.parquet' } as Job;
    lab.handlers['telemetry.export'] = ({ overwrite }) => {
      if (!overwrite) throw new CurlewError('FILE_EXISTS', 'It is there already.');
      return job;
    };
    await press('Export…');
    const dialog = new DOMWrapper(document.querySelector('[role="dialog"]')!);
    await dialog.get('#records-level').setValue('hours');
    await dialog.get('#records-format').setValue('parquet');
    await dialog.get('#records-since').setValue('2026-11-01');
    await dialog.get('#records-until').setValue('2026-11-02');
    await dialog.get('#records-path').setValue('/srv/fleet.parquet');
    const send = async () => {
      await dialog.get('form').trigger('submit');
      await flushPromises();
    };
    await send();
    expect(dialog.text()).toContain('There is such a file already');
    await dialog.get('input[type="checkbox"]').setValue(true);
    await send();
    const asked = lab.asked.filter(({ name }) => name === 'telemetry.export').map(({ params }) => params);
    const wish = {
      ...{ path: '/srv/fleet.parquet', format: 'parquet', level: 'hours', boardIds: [] },
      ...{ fromMs: new Date(2026, 10, 1).getTime(), toMs: new Date(2026, 10, 3).getTime() },
    };
    expect(asked).toEqual([
      { ...wish, overwrite: false },
      { ...wish, overwrite: true },
    ]);
  });

  it('lets Prometheus scrape once that is switched on, and shows the token then', async () => {
    const { wrapper, press } = await show();
    const panel = wrapper.get('[aria-labelledby="prometheus-title"]');
    expect(panel.text()).not.toContain('a-Z_9');
    await press('Switch on');
    expect(panel.text()).toContain('a-Z_9');
    expect(panel.text()).toContain('http://127.0.0.1:8000/metrics');
    await press('Try a scrape');
    expect(panel.text()).toContain('It answered 200 with 7 samples.');
    await press('Switch off');
    expect(panel.text()).not.toContain('a-Z_9');
  });

  it('sets a broker, tells how the connection stands, and tries what was typed', async () => {
    const { wrapper, lab } = await show();
    const panel = wrapper.get('[aria-labelledby="mqtt-title"]');
    const press = async (text: string) => {
      await panel
        .findAll('button')
        .find((one) => one.text() === text)!
        .trigger('click');
      await flushPromises();
    };
    expect(panel.text()).not.toContain('the network can read');
    await panel.get('#mqtt-host').setValue('broker.local');
    await panel.get('#mqtt-user').setValue('heron');
    await panel.get('#mqtt-password').setValue('reed bed');
    expect(panel.text()).toContain('the network can read user and password');
    await press('Switch on');
    const settings = { ...mqtt.settings, host: 'broker.local', user: 'heron' };
    expect(lab.asked.at(-1)).toEqual({
      name: 'publish.setMqtt',
      params: { on: true, settings, password: 'reed bed' },
    });
    expect(panel.text()).toContain('connecting');
    expect((panel.get('#mqtt-password').element as HTMLInputElement).value).toBe('');
    // What is typed is what is tried.
    await panel.get('#mqtt-port').setValue('8883');
    await press('Try the broker');
    const names = lab.asked.map(({ name }) => name);
    expect(names.slice(names.lastIndexOf('publish.setMqtt'))).toEqual([
      ...['publish.setMqtt', 'publish.testMqtt', 'publish.mqtt'],
    ]);
    expect(panel.text()).toContain('Nothing listens there.');
  });

  it('says when boards that were away are visited by themselves, and changes it', async () => {
    const { wrapper, lab } = await show();
    const choice = wrapper.get('[aria-labelledby="visiting-title"] select');
    expect((choice.element as HTMLSelectElement).selectedOptions[0]!.text).toBe('after a day');
    await choice
      .findAll('option')
      .find((one) => one.text() === 'not by themselves')!
      .setValue();
    await flushPromises();
    expect(lab.asked.at(-1)).toEqual({ name: 'visits.change', params: { awayHours: null } });
  });

  it('adds and removes folders that it may open', async () => {
    const { wrapper, lab } = await show();
    await wrapper.get('#folder-path').setValue('/srv/more');
    await wrapper.get('[aria-labelledby="folders-title"] form').trigger('submit');
    await flushPromises();
    expect(wrapper.text()).toContain('/srv/more');
    await wrapper.get('[aria-label="Remove /srv/sounds"]').trigger('click');
    await flushPromises();
    expect(lab.asked.at(-1)).toEqual({ name: 'folders.remove', params: { path: '/srv/sounds' } });
    expect(wrapper.text()).not.toContain('/srv/sounds');
  });

  it('moves its data before it opens next, or stays after all', async () => {
    const { wrapper, press } = await show();
    await wrapper.get('#move-path').setValue('/srv/curlew');
    await wrapper.get('#move-path').trigger('submit');
    await flushPromises();
    expect(wrapper.text()).toContain('moves to /srv/curlew before the lab opens next');
    await press('Stay here');
    expect(wrapper.text()).not.toContain('/srv/curlew');
  });

  it('follows folders that the command line adds', async () => {
    const { wrapper, lab } = await show();
    lab.handlers['folders.list'] = () => ({ usual: ['/home/ada'], added: ['/srv/typed'] });
    lab.raise('folders', null);
    await flushPromises();
    expect(wrapper.text()).toContain('/srv/typed');
  });

  it('shows an operator over the network the folders, and no way to change them', async () => {
    const { wrapper } = await show(labDouble('operator'));
    expect(wrapper.text()).toContain('/srv/sounds');
    expect(wrapper.find('#folder-path').exists()).toBe(false);
    expect(wrapper.find('[aria-label="Remove /srv/sounds"]').exists()).toBe(false);
  });
});

describe('what boards recorded', () => {
  it('is told with its size, and kept for as long as is chosen: what would delete is asked about first', async () => {
    const { wrapper, lab, press } = await show();
    const panel = wrapper.get('section[aria-labelledby="retention-title"]');
    expect(panel.text()).toContain('1,200,000');
    expect(panel.text()).toContain('52.4 MB');
    const [records, minutes] = panel.findAll('select');
    const asked = () =>
      lab.asked.filter(({ name }) => name === 'telemetry.retain').map(({ params }) => params);
    await minutes!.get('option').setValue();
    await press('Keep so', panel);
    expect(asked()).toEqual([{ recordDays: null, minuteDays: null }]);
    await records!.setValue(92);
    await press('Keep so', panel);
    expect(asked()).toHaveLength(1);
    const dialog = new DOMWrapper(document.body).get('[role="dialog"]');
    expect(dialog.text()).toContain('for good');
    await press('Delete what is older', new DOMWrapper(document.body));
    expect(asked().at(-1)).toEqual({ recordDays: 92, minuteDays: null });
  });
});
