import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type {
  Board,
  BoardChanges,
  BoardSettings,
  ExpertStore,
  PortListing,
} from '../../main/contract/types.ts';
import { useLab } from './lab.ts';
import { useNotices } from './notices.ts';

export const isUsable = (board: Board | null | undefined): board is Board =>
  board?.state === 'attached' || board?.state === 'busy';

/** What is shown of it is what the lab keeps: it is not there, or was let go. */
export const isAway = ({ state }: Board): boolean => state === 'detached' || state === 'absent';

function changedList(list: Board[], { added, changed, gone }: BoardChanges): Board[] {
  const boards = new Map([...list, ...added].map((board) => [board.entry, board]));
  for (const change of changed) {
    const before = boards.get(change.entry);
    // One that the list no longer has: that it is gone is told next.
    if (before) boards.set(change.entry, { ...before, ...change });
  }
  for (const entry of gone) boards.delete(entry);
  return [...boards.values()].sort((a, b) => a.entry - b.entry);
}

/** The fleet as the lab tells it; nothing here guesses what a command did, it waits for the lab to say. */
export const useBoards = defineStore('boards', () => {
  const { client } = useLab();
  const notices = useNotices();
  const list = shallowRef<Board[] | null>(null);
  const ports = shallowRef<PortListing | null>(null);
  const portsError = ref<string | null>(null);
  const stores = shallowRef<ReadonlyMap<string, ExpertStore>>(new Map());

  /** Changes that come while the whole list is on its way: they go on top of it. */
  let held: BoardChanges[] | null = null;

  client.on('boards', (changes) => {
    if (held) held.push(changes);
    else if (list.value) list.value = changedList(list.value, changes);
  });
  client.on('ports', (listing) => (ports.value = listing));

  async function load(): Promise<void> {
    const late: BoardChanges[] = [];
    held = late;
    try {
      list.value = late.reduce(changedList, await client.request('boards.list', {}));
    } finally {
      held = null;
    }
    await loadPorts();
  }

  async function loadPorts(): Promise<void> {
    try {
      ports.value = await client.request('ports.list', {});
      portsError.value = null;
    } catch (thrown) {
      portsError.value = notices.fail('The ports could not be listed', thrown);
    }
  }

  function keepStore(boardId: string, found: ExpertStore): void {
    stores.value = new Map(stores.value).set(boardId, found);
  }

  async function loadStore(boardId: string): Promise<void> {
    keepStore(boardId, await client.request('slots.list', { boardId }));
  }

  return {
    list,
    ports,
    portsError,
    /** What each board's flash holds, as it was last read. */
    stores,
    usable: computed(() => (list.value ?? []).filter(isUsable)),
    find: (id: string | null) => list.value?.find((board) => board.id === id) ?? null,
    load,
    loadPorts,
    loadStore,
    attach: (portId: string, baudRate?: number) =>
      client.request('boards.attach', baudRate === undefined ? { portId } : { portId, baudRate }),
    identifyPort: (portId: string) => client.request('ports.identify', { portId }),
    removePort: (portId: string) => client.request('ports.remove', { portId }),
    holdings: (boardId: string) => client.request('boards.holdings', { boardId }),
    forget: (boardId: string) => client.request('boards.forget', { boardId }),
    detach: (boardId: string) => client.request('boards.detach', { boardId }),
    reset: (boardId: string) => client.request('boards.reset', { boardId }),
    chips: () => client.request('boards.chips', {}),
    addVirtual: (chip?: string) => client.request('boards.addVirtual', chip === undefined ? {} : { chip }),
    machines: () => client.request('boards.machines', {}),
    addQemu: (machine: string) => client.request('boards.addQemu', { machine }),
    listen: (boardId: string, on: boolean, clipId?: string) =>
      client.request('boards.listen', clipId === undefined ? { boardId, on } : { boardId, on, clipId }),
    activate: async (boardId: string, slot: number) =>
      keepStore(boardId, await client.request('slots.activate', { boardId, slots: [slot] })),
    stop: async (boardId: string) =>
      keepStore(boardId, await client.request('slots.activate', { boardId, slots: [] })),
    erase: async (boardId: string, slot: number) =>
      keepStore(boardId, await client.request('slots.erase', { boardId, slot })),
    rollback: async (boardId: string) =>
      keepStore(boardId, await client.request('slots.rollback', { boardId })),
    confirm: async (boardId: string) =>
      keepStore(boardId, await client.request('slots.confirm', { boardId })),
    settings: (boardId: string) => client.request('boards.settings', { boardId }),
    changeSettings: (boardId: string, settings: BoardSettings) =>
      client.request('boards.changeSettings', { boardId, settings }),
    setKey: (boardId: string, keyId: string | null, protect: boolean) =>
      client.request('boards.setKey', { boardId, keyId, protect }),
  };
});
