import { parentPort } from 'node:worker_threads';
import { Peer, type Calls } from './peer.ts';

/** A worker thread's own side: hands its functions to the lab, which started it. @returns what the lab offers */
export function offer<Labs extends Calls>(own: Calls): Peer<Labs> {
  return new Peer<Labs>(parentPort!, own);
}
