/** For tests: a scripted peer on a pseudo-terminal, which socat makes: what a serial device looks like to a program. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Peer } from './scripted-port.ts';

export interface Terminal<P> {
  path: string;
  peer: P;
  /** Pulls the cable; idempotent. */
  close(): Promise<void>;
}

/** More is not waiting in a real device either: it drops samples where nobody reads them. */
const mostWaiting = 1 << 20;

export async function onTerminal<P extends Peer>(
  make: (send: (bytes: Uint8Array) => void, hangUp: () => void) => P,
): Promise<Terminal<P>> {
  const folder = await mkdtemp(join(tmpdir(), 'curlew-terminal-'));
  const path = join(folder, 'device');
  const child = spawn('socat', [`pty,raw,echo=0,link=${path}`, 'STDIO'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  // Its end closes the pipe while something is written.
  child.stdin.on('error', () => undefined);
  const peer = make(
    (bytes) => {
      if (child.stdin.writableLength < mostWaiting) child.stdin.write(bytes.slice());
    },
    () => child.kill(),
  );
  child.stdout.on('data', (bytes: Buffer) => peer.hear(bytes));
  while (!existsSync(path) && child.exitCode === null) await sleep(5);
  return {
    path,
    peer,
    async close() {
      peer.end();
      child.kill();
      await gone;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
