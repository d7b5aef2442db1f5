import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type { Board, PortListing, Slot } from '../../main/contract/types.ts';
import { useLab } from './lab.ts';
import { useNotices } from './notices.ts';

export const isUsable = (board: Board | null | undefined): board is Board =>
  board?.state === 'attached' || board?.state === 'busy';

/** The fleet as the lab tells it; nothing here guesses what a command did, it waits for the lab to say. */
export const useBoards = defineStore('boards', () => {
  const { client } = useLab();
  const notices = useNotices();
  const list = shallowRef<Board[] | null>(null);
  const ports = shallowRef<PortListing | null>(null);
  const portsError = ref<string | null>(null);
  const slots = shallowRef<ReadonlyMap<string, Slot[]>>(new Map());

  client.on('boards', (boards) => (list.value = boards));
  client.on('ports', (listing) => (ports.value = listing));

  async function load(): Promise<void> {
    list.value = await client.request('boards.list', {});
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

  function keepSlots(boardId: string, found: Slot[]): void {
    slots.value = new Map(slots.value).set(boardId, found);
  }

  async function loadSlots(boardId: string): Promise<void> {
    keepSlots(boardId, await client.request('slots.list', { boardId }));
  }

  return {
    list,
    ports,
    portsError,
    slots,
    usable: computed(() => (list.value ?? []).filter(isUsable)),
    find: (id: string | null) => list.value?.find((board) => board.id === id) ?? null,
    load,
    loadPorts,
    loadSlots,
    attach: (portId: string, baudRate?: number) =>
      client.request('boards.attach', baudRate === undefined ? { portId } : { portId, baudRate }),
    detach: (boardId: string) => client.request('boards.detach', { boardId }),
    reset: (boardId: string) => client.request('boards.reset', { boardId }),
    addVirtual: () => client.request('boards.addVirtual', {}),
    machines: () => client.request('boards.machines', {}),
    addQemu: (machine: string) => client.request('boards.addQemu', { machine }),
    listen: (boardId: string, on: boolean, clipId?: string) =>
      client.request('boards.listen', clipId === undefined ? { boardId, on } : { boardId, on, clipId }),
    activate: async (boardId: string, slot: number) =>
      keepSlots(boardId, await client.request('slots.activate', { boardId, slot })),
    erase: async (boardId: string, slot: number) =>
      keepSlots(boardId, await client.request('slots.erase', { boardId, slot })),
    rollback: async (boardId: string) =>
      keepSlots(boardId, await client.request('slots.rollback', { boardId })),
  };
});
