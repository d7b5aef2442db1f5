// @vitest-environment jsdom
import { flushPromises, mount, RouterLinkStub } from '@vue/test-utils';
import { createPinia } from 'pinia';
import type { Component } from 'vue';
import { describe, expect, it } from 'vitest';
import type { BoardDrift } from '../../../main/contract/types.ts';
import { noDetails } from '../../../main/fleet/contract/wanted.ts';
import { useBoards } from '../../stores/boards.ts';
import { useComparison } from '../../stores/comparison.ts';
import { useDetails } from '../../stores/details.ts';
import { useExperts } from '../../stores/experts.ts';
import { labKey } from '../../stores/lab.ts';
import {
  board,
  expert,
  job,
  LabDouble,
  settings as lightSettings,
  shellDouble,
} from '../../test/lab-double.ts';
import BoardTable from './table/BoardTable.vue';
import BenchStrip from '../../app/BenchStrip.vue';
import FleetView from './FleetView.vue';
import GroupsPanel from './GroupsPanel.vue';
import MainJob from './MainJob.vue';
import DriftPanel from './DriftPanel.vue';
import PortsPanel from './PortsPanel.vue';

async function show(component: Component, lab: LabDouble) {
  const pinia = createPinia();
  const wrapper = mount(component, {
    global: {
      plugins: [pinia],
      provide: { [labKey as symbol]: { client: lab, shell: shellDouble().shell } },
      stubs: { RouterLink: RouterLinkStub },
    },
  });
  await Promise.all([
    useBoards(pinia).load(),
    useDetails(pinia)
      .load()
      .catch(() => undefined),
  ]);
  await useExperts(pinia).load();
  await flushPromises();
  return { wrapper, pinia };
}

const fleet = (
  boards = [board()],
  problem: string | null = null,
  more: ConstructorParameters<typeof LabDouble>[0] = {},
) =>
  new LabDouble({
    'boards.list': () => boards,
    'experts.list': () => [expert()],
    'ports.list': () => ({
      ports: [
        {
          id: '/dev/ttyACM0',
          kind: 'serial',
          label: 'a board',
          attachedBoard: null,
          made: false,
          device: null,
        },
      ],
      problem,
    }),
    'boards.attach': () => board(),
    ...more,
  });

describe('the fleet', () => {
  it('offers the chips that hold the firmware, and says why others are not offered', async () => {
    const unfit = 'The small one cannot hold the firmware: 128,468 bytes of RAM are missing.';
    const lab = fleet([board()], null, {
      'boards.chips': () => [
        { name: 'large', title: 'The large one', storeBytes: 1_966_080, unfit: null },
        { name: 'small', title: 'The small one', storeBytes: 917_504, unfit },
      ],
      'boards.machines': () => [],
      'boards.addVirtual': () => board(),
    });
    const { wrapper } = await show(FleetView, lab);
    const options = wrapper.get('select[aria-label="Chip of the virtual board"]').findAll('option');
    expect(options.map((one) => one.attributes('disabled'))).toEqual([undefined, '']);
    expect(wrapper.text()).toContain(unfit);
    const add = wrapper.findAll('button').find((one) => one.text().includes('Add virtual board'));
    await add!.trigger('click');
    expect(lab.asked.at(-1)).toEqual({ name: 'boards.addVirtual', params: { chip: 'large' } });
  });

  it('shows a board that speaks garbage as such, with the way back', async () => {
    const message = 'It sends 312 bytes that are no frames.';
    const garbage = board({
      id: 'port:/dev/ttyUSB0',
      portId: '/dev/ttyUSB0',
      name: '',
      state: 'garbage',
      message,
    });
    const lab = fleet([garbage]);
    const { wrapper } = await show(BoardTable, lab);
    expect(wrapper.text()).toContain('garbage');
    expect(wrapper.text()).toContain(message);
    await wrapper.get('tbody button').trigger('click');
    expect(lab.asked.at(-1)).toEqual({ name: 'boards.attach', params: { portId: '/dev/ttyUSB0' } });
  });

  it.each([
    ['absent', 'It is attached again by itself once it is there'],
    ['silent', 'It is shown here again once it answers'],
    ['duplicate', 'has the serial number'],
  ] as const)(
    'says of a board that is %s what it is, how often, and lets it be detached',
    async (state, words) => {
      const message = 'The board at /dev/ttyUSB1 has the serial number of another.';
      const lab = fleet([board({ state, message, repeats: 3 })]);
      lab.handlers['boards.detach'] = () => null;
      const { wrapper } = await show(BoardTable, lab);
      expect(wrapper.text()).toContain(state);
      expect(wrapper.text()).toContain(words);
      expect(wrapper.text()).toContain('(3 times)');
      await wrapper.get('button[aria-label="Detach heron"]').trigger('click');
      expect(lab.asked.at(-1)).toEqual({ name: 'boards.detach', params: { boardId: board().id } });
    },
  );

  it('shows boards that are away after the others, with when they were seen, and no way to detach one twice', async () => {
    const lastSeenMs = Date.now() - 3 * 3_600_000;
    const lab = fleet([
      board({ entry: 1, id: 'a', name: 'gone', state: 'detached', lastSeenMs }),
      board({ entry: 2, id: 'b', name: 'here' }),
      board({ entry: 3, id: 'c', name: 'unplugged', state: 'absent', lastSeenMs }),
    ]);
    const { wrapper } = await show(BoardTable, lab);
    const rows = wrapper.findAll('tbody tr').map((row) => row.text());
    expect(rows[0]).toContain('here');
    expect(rows[1]).toContain('unplugged');
    expect(rows[2]).toMatch(/gone.*3 h ago.*Attach/s);
    expect(wrapper.find('[aria-label="Detach gone"]').exists()).toBe(false);
    expect(wrapper.find('[aria-label="Detach unplugged"]').exists()).toBe(true);
  });

  it('forgets a board after saying what goes with it', async () => {
    const lab = fleet([board({ keyId: 'fedcba9876543210' })], null, {
      'boards.holdings': () => ({
        telemetry: { records: 1204, firstMs: 1_790_000_000_000, lastMs: 1_790_000_100_000 },
        ...{ deployments: 1, described: false, visits: 0, logEntries: 7, files: true },
      }),
      'boards.forget': () => null,
    });
    const { wrapper } = await show(BoardTable, lab);
    await wrapper.get('[aria-label="Forget heron"]').trigger('click');
    await flushPromises();
    const dialog = document.querySelector('[role="dialog"]')!;
    expect(dialog.textContent).toMatch(/1,204 records, of 20.*; 1 deployment; a log of 7 entries/);
    expect(dialog.textContent).toContain('its flash and its identity are files of the lab, and go too');
    expect(dialog.textContent).toContain('signed with the key fedcba9876543210');
    expect(lab.asked.some(({ name }) => name === 'boards.forget')).toBe(false);
    dialog.querySelector<HTMLButtonElement>('button.danger')!.click();
    await flushPromises();
    expect(lab.asked.at(-1)).toEqual({ name: 'boards.forget', params: { boardId: board().id } });
    expect(document.querySelector('[role="dialog"]')).toBeNull();
  });

  it('removes what never told its serial number without asking: nothing is kept of it', async () => {
    const lab = fleet([
      board({ id: 'port:/dev/pts/4', portId: '/dev/pts/4', name: '/dev/pts/4', state: 'silent' }),
    ]);
    lab.handlers['boards.forget'] = () => null;
    const { wrapper } = await show(BoardTable, lab);
    await wrapper.get('[aria-label="Remove /dev/pts/4"]').trigger('click');
    expect(lab.asked.at(-1)).toEqual({ name: 'boards.forget', params: { boardId: 'port:/dev/pts/4' } });
  });

  it('leads to where a device belongs that is no board of the fleet', async () => {
    const led = [
      ['ppk2', 'Open in Power'],
      ['smp', 'Open in Devices'],
      ['mlperf-tiny', 'Open in MLPerf Tiny'],
    ] as const;
    const lab = fleet([], null, {
      'ports.list': () => ({
        ports: led.map(([kind], i) => ({
          ...{ id: `/dev/ttyACM${i}`, kind: 'serial' as const, label: 'a port', attachedBoard: null },
          ...{ made: false, device: { kind, what: kind, advice: '', baud: 115_200 } },
        })),
        problem: null,
      }),
    });
    const { wrapper } = await show(PortsPanel, lab);
    for (const [i, row] of wrapper.findAll('.ports li').entries()) expect(row.text()).toContain(led[i]![1]);
    expect(wrapper.findAll('.ports button')).toEqual([]);
  });

  it('removes a port that the lab made, after asking, and offers it for no other', async () => {
    const made = (id: string, attachedBoard: string | null = null) =>
      ({ id, kind: 'virtual', label: 'a virtual board', attachedBoard, made: true, device: null }) as const;
    const lab = fleet([board({ portId: 'virtual:1' })], null, {
      'ports.list': () => ({
        ports: [
          made('virtual:1', board().id),
          made('virtual:2'),
          {
            id: '/dev/ttyACM0',
            kind: 'serial',
            label: 'a board',
            attachedBoard: null,
            made: false,
            device: null,
          },
        ],
        problem: null,
      }),
      'ports.remove': () => null,
    });
    const { wrapper } = await show(PortsPanel, lab);
    const removals = wrapper.findAll('button.danger').map((button) => button.attributes('aria-label'));
    expect(removals).toEqual(['Remove virtual:2']);
    await wrapper.get('[aria-label="Remove virtual:2"]').trigger('click');
    await flushPromises();
    document.querySelector<HTMLButtonElement>('[role="dialog"] button.danger')!.click();
    await flushPromises();
    expect(lab.asked.at(-1)).toEqual({ name: 'ports.remove', params: { portId: 'virtual:2' } });
  });

  it('calls a board what a person called it: on the bench, at its port, and when it is forgotten', async () => {
    const heron = { ...noDetails(board().id), name: 'Reed bed' };
    const holdings = { telemetry: { records: 0, firstMs: null, lastMs: null }, deployments: 0 };
    const lab = fleet([board({ portId: 'virtual:1' })], null, {
      'details.list': () => [heron],
      'ports.list': () => ({
        ports: [
          {
            id: 'virtual:1',
            kind: 'virtual',
            label: 'a board',
            attachedBoard: board().id,
            made: true,
            device: null,
          },
        ],
        problem: null,
      }),
      'boards.holdings': () => ({
        ...{ ...holdings, described: true, visits: 0, logEntries: 0, files: true },
      }),
    });
    expect((await show(PortsPanel, lab)).wrapper.text()).toContain('Reed bed');
    const bench = (await show(BenchStrip, lab)).wrapper;
    expect(bench.findAll('#bench-board option').map((one) => one.text())).toEqual(['Reed bed']);
    const { wrapper } = await show(BoardTable, lab);
    await wrapper.get('[aria-label="Forget Reed bed"]').trigger('click');
    await flushPromises();
    const said = document.querySelector('[role="dialog"]')!.textContent;
    expect(said).toContain('All that the lab keeps of Reed bed goes for good');
    expect(said).not.toContain('heron');
    wrapper.unmount();
  });

  it('marks a simulated board, and no other', async () => {
    const { wrapper } = await show(BoardTable, fleet([board(), board({ id: 'real', simulated: false })]));
    const rows = wrapper.findAll('tbody tr').map((row) => row.text().includes('simulated'));
    expect(rows).toEqual([true, false]);
  });

  it('says why ports cannot be listed and still attaches one that is typed by hand', async () => {
    const lab = fleet([], 'udevadm is missing.');
    const { wrapper } = await show(PortsPanel, lab);
    expect(wrapper.get('[role="alert"]').text()).toBe('udevadm is missing.');
    await wrapper.get('#port-path').setValue(' /dev/pts/4 ');
    await wrapper.get('#port-baud').setValue(115200);
    await wrapper.get('form').trigger('submit');
    expect(lab.asked.at(-1)).toEqual({
      name: 'boards.attach',
      params: { portId: '/dev/pts/4', baudRate: 115200 },
    });
  });
});

describe('the main job', () => {
  it('lights a step up only when it has been done', async () => {
    const boards = [board({ state: 'silent' })];
    const lab = fleet(boards);
    const { wrapper, pinia } = await show(MainJob, lab);
    const done = () => wrapper.findAll('li').map((step) => step.classes('done'));
    expect(done()).toEqual([false, false, false, false, false]);

    const activeExpert = { name: 'x', version: 1, sha256: expert().imageSha256, bits: 4, ternary: false };
    lab.raise('boards', { added: [], changed: [{ entry: 1, state: 'attached', activeExpert }], gone: [] });
    lab.raise('job', job({ id: 'c', kind: 'classify', state: 'failed' }));
    lab.raise('job', job({ id: 'p', kind: 'play', state: 'running' }));
    await flushPromises();
    expect(done()).toEqual([true, true, false, false, false]);
    expect(wrapper.findAll('li')[2]?.classes('next')).toBe(true);

    lab.raise('job', job({ id: 'p', kind: 'play', state: 'done' }));
    lab.raise('job', job({ id: 'c2', kind: 'classify', state: 'done' }));
    await flushPromises();
    expect(done()).toEqual([true, true, true, false, true]);
    expect(useComparison(pinia).summary).toBeNull();
  });
});

describe('boards that are chosen together', () => {
  const settings = { ...lightSettings(), periodS: 600 };
  const two = [
    board({ entry: 1, id: 'aa', name: 'board-1', settings }),
    board({ entry: 2, id: 'bb', name: 'board-2', state: 'absent', settings: lightSettings() }),
  ];
  const valley = { id: 'g', name: 'Valley', notes: '', settings: { periodS: 600 }, bank: null };
  const details = (boardId: string, name: string) => ({
    ...{
      boardId,
      name,
      site: 'Reed bed',
      latitude: null,
      longitude: null,
      notes: '',
      tags: [],
      groupId: 'g',
    },
    ...{ settings: {}, bank: null, whenMet: false },
  });
  const lab = () =>
    fleet(two, null, {
      'details.list': () => [details('aa', 'Heron'), details('bb', '')],
      'groups.list': () => [valley],
      'fleet.update': () => job({ kind: 'update' }),
    });

  it('stand with the person’s names, their site and group, and how they stand to what is wanted', async () => {
    const { wrapper } = await show(BoardTable, lab());
    const rows = wrapper.findAll('tbody tr').map((row) => row.text());
    expect(rows[0]).toMatch(/Heron.*up to date.*Reed bed.*Valley/s);
    expect(rows[1]).toMatch(/board-2.*1 difference.*Reed bed.*Valley/s);
  });

  it('are brought up to date at once, those that are away when they are met', async () => {
    const double = lab();
    const { wrapper } = await show(BoardTable, double);
    expect(wrapper.find('[role="group"]').exists()).toBe(false);
    await wrapper.get('[aria-label="Choose all boards"]').setValue(true);
    const chosen = wrapper.get('[role="group"][aria-label="Chosen boards"]');
    expect(chosen.text()).toContain('2 boards chosen');
    await chosen.get('input[type="checkbox"]').setValue(true);
    await chosen.findAll('button')[0]!.trigger('click');
    await flushPromises();
    expect(double.asked.at(-1)).toEqual({
      name: 'fleet.update',
      params: { boardIds: ['aa', 'bb'], whenMet: true },
    });
    // One that is listed no more is chosen no more.
    double.raise('boards', { added: [], changed: [], gone: [2] });
    await flushPromises();
    expect(wrapper.get('[aria-label="Chosen boards"]').text()).toContain('1 board chosen');
  });
});

describe('groups', () => {
  it('say what bank and which settings their boards should have; an emptied field leaves the board’s', async () => {
    const group = { id: 'g', name: 'Valley', notes: '', settings: { periodS: 600, listenS: 60 }, bank: null };
    const lab = fleet([], null, {
      'groups.list': () => [group],
      'groups.save': () => group,
    });
    const { wrapper, pinia } = await show(GroupsPanel, lab);
    await useDetails(pinia).load();
    await flushPromises();
    await wrapper.get('select[aria-label="Wanted bank"]').setValue('esc10-b4');
    await flushPromises();
    expect(lab.asked.find(({ name }) => name === 'groups.save')?.params).toEqual({
      ...{ groupId: 'g', expertId: 'esc10-b4' },
    });
    const period = wrapper.get<HTMLInputElement>('input[id$="-periodS"]');
    expect(period.element.value).toBe('600');
    await period.setValue('30');
    expect(wrapper.get('[role="alert"]').text()).toContain('shorter than');
    await period.setValue('');
    await wrapper.get('form').trigger('submit');
    await flushPromises();
    const saved = lab.asked.filter(({ name }) => name === 'groups.save').at(-1);
    expect(saved?.params).toMatchObject({ groupId: 'g', settings: { periodS: null, listenS: 60 } });
  });
});

describe('drift of what boards say', () => {
  const drift = (boardId: string, changes: Partial<BoardDrift> = {}): BoardDrift => ({
    ...{ boardId, state: 'judged', p: 0.4, drifting: false, neighbours: 4, moved: 'class', stability: 0.02 },
    ...{ shares: { bins: [0, 3], before: [0.75, 0.25], now: [0.25, 0.75] }, before: [0, 1], now: [2, 3] },
    ...changes,
  });

  it('stands the drifting first, and what moved is drawn and told', async () => {
    const lab = fleet(
      [board({ id: 'aa', name: 'heron' }), board({ id: 'bb', name: 'snipe', entry: 2 })],
      null,
      {
        'fleet.drift': () => ({
          ...{ atMs: 0, falseShare: 0.05 },
          boards: [drift('aa'), drift('bb', { drifting: true, p: 0.0002, stability: 0.31 })],
        }),
      },
    );
    const { wrapper } = await show(DriftPanel, lab);
    await wrapper.get('button').trigger('click');
    await flushPromises();
    const rows = wrapper.findAll('tbody tr').map((row) => row.text());
    expect(rows[0]).toMatch(/snipe.*drifting.*stability index 0.31/s);
    expect(rows[1]).toContain('steady');
    expect(wrapper.text()).toContain('1 board drifting as of');
    expect(wrapper.findAll('svg[role="img"]')[0]!.attributes('aria-label')).toContain(
      '3: 25.0 % before, 75.0 % now',
    );
  });

  it('shows a thousand boards fifty at a time', async () => {
    const lab = fleet([board()], null, {
      'fleet.drift': () => ({
        ...{ atMs: 0, falseShare: 0.05 },
        boards: Array.from({ length: 1000 }, (_, i) => drift(`board-${i}`)),
      }),
    });
    const { wrapper } = await show(DriftPanel, lab);
    await wrapper.get('button').trigger('click');
    await flushPromises();
    expect(wrapper.findAll('tbody tr')).toHaveLength(50);
    await wrapper.get('.body button').trigger('click');
    expect(wrapper.findAll('tbody tr')).toHaveLength(100);
  });
});
