import type { Worker } from 'node:worker_threads';
import { CurlewError } from '../contract/error.ts';
import { Peer, type Calls } from './peer.ts';

/** A worker thread whose functions are called, and that calls back; see `offer` for its own side. */
export interface PeerThread<Theirs extends Calls> {
  readonly peer: Peer<Theirs>;
  /** False once it has crashed or was ended; another is needed then. */
  readonly alive: boolean;
  /** Ends it at once; whoever waits for it is told the reason. */
  end(reason: CurlewError): void;
}

/**
 * @param work what the thread does, for a person: “decoding”
 * @param own what it may call
 * @param onGone told once, of a crash as of an end
 */
export function peerThread<Theirs extends Calls>(
  worker: Worker,
  work: string,
  own: Calls,
  onGone: (reason: CurlewError) => void = () => undefined,
): PeerThread<Theirs> {
  const peer = new Peer<Theirs>(worker, own);
  let alive = true;
  const lose = (reason: CurlewError): void => {
    if (!alive) return;
    alive = false;
    peer.lose(reason);
    onGone(reason);
    void worker.terminate();
  };
  const crash = (what: string): void =>
    lose(new CurlewError('INTERNAL', `The thread of the ${work} crashed: ${what}.`));
  worker.on('error', (thrown: Error) => crash(thrown.message));
  worker.on('messageerror', (thrown) => crash(thrown.message));
  worker.on('exit', (code) => crash(`it exited with code ${code}`));
  return {
    peer,
    get alive() {
      return alive;
    },
    end: lose,
  };
}
