/** What was attached when the lab last ran: the virtual boards before the lab opens, the others as they come. */
import type { BoardStore } from '../store/board-store.ts';
import type { EmulatedBoards } from './emulated-boards.ts';
import type { Fleet } from './fleet.ts';
import type { PortDirectory } from './port-directory.ts';
import type { SessionContext } from './session-context.ts';
import type { VirtualBoards } from './virtual/virtual-boards.ts';

interface Rooms {
  fleet: Fleet;
  ports: PortDirectory;
  boards: BoardStore;
  virtual: VirtualBoards;
  emulated: EmulatedBoards;
  log: SessionContext['log'];
}

export async function attachAgain({ fleet, ports, boards, virtual, emulated, log }: Rooms): Promise<void> {
  const met = await boards.met();
  const ofVirtual = virtual.known();
  const ofEmulated = emulated.known();
  const made = [...ofVirtual, ...ofEmulated];
  // A lab that has met no board opens with one that needs no hardware.
  if (made.length === 0 && met.length === 0) ofVirtual.push(...virtual.first());
  for (const one of [...ofVirtual, ...ofEmulated]) ports.add(one);
  const portOf = new Map(made.map(({ boardId, port }) => [boardId, port]));
  fleet.restore(
    met.map(({ known, ...one }) => {
      const port = portOf.get(known.id);
      return { ...one, known: port ? { ...known, portId: port.id, portKind: port.kind } : known };
    }),
  );
  const detached = new Set(fleet.boards().flatMap(({ id, state }) => (state === 'detached' ? [id] : [])));
  await Promise.all(
    ofVirtual
      .filter(({ boardId }) => !detached.has(boardId))
      .map(({ port }) =>
        // One that does not start is shown with its reason; the lab opens all the same.
        fleet.attach(port.id).catch((thrown: Error) => log('error', port.id, thrown.message)),
      ),
  );
}
