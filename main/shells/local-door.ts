/**
 * The lab for other programs of its owner, the command line first: the web shell's socket, on a Unix socket in the
 * data folder (a named pipe on Windows) instead of the network. Every shell opens it beside what it is for.
 */
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CurlewError } from '../contract/error.ts';
import { reportFault } from '../contract/fault.ts';
import { announceLab, withdrawLab } from '../data-folder.ts';
import { writeFailure } from '../outputs.ts';
import { isSame, serveLabSockets, type ServedLab } from './lab-socket.ts';

export interface LocalDoor {
  close(): Promise<void>;
}

/** The system's limit is 104 bytes on macOS, 108 on Linux, with a zero byte at the end. */
const longestSocketPath = 103;

/**
 * Listens, and tells in the data folder where. Only a lab that holds the folder's store may call this: a socket that
 * lies there already is of a lab that was killed.
 * @param link of the page that it serves to browsers
 * @throws CurlewError PORT_FAILED when the socket cannot be made
 */
export async function openDoor(
  dataFolder: string,
  shell: string,
  lab: ServedLab,
  link: string | null = null,
): Promise<LocalDoor> {
  const place = await socketPlace(dataFolder);
  const token = randomBytes(24).toString('base64url');
  const server = createServer((_request, response) => response.writeHead(404).end());
  // The token is asked for all the same: others may open a named pipe of Windows to listen.
  const sockets = serveLabSockets(server, lab, 'command line', (candidate) =>
    isSame(candidate, token) ? 'owner' : null,
  );
  const close = async (): Promise<void> => {
    await withdrawLab(dataFolder);
    sockets.close();
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
    await place.remove();
  };
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(place.path, resolve);
    });
    server.on('error', (error) => reportFault(error, null));
    if (process.platform !== 'win32') await chmod(place.path, 0o600);
    await announceLab(dataFolder, { pid: process.pid, shell, socket: place.path, token, link });
  } catch (thrown) {
    await close();
    throw new CurlewError(
      'PORT_FAILED',
      `The command line’s way into the lab cannot be opened: ${writeFailure(place.path, thrown).message}`,
      { path: place.path },
      { cause: thrown },
    );
  }
  return { close };
}

/** In the data folder; in a private folder of its own where the data folder's path is too long for a socket. */
async function socketPlace(dataFolder: string): Promise<{ path: string; remove(): Promise<void> }> {
  if (process.platform === 'win32') {
    const path = `\\\\.\\pipe\\curlew-${randomBytes(16).toString('hex')}`;
    return { path, remove: () => Promise.resolve() };
  }
  const usual = join(dataFolder, 'lab.sock');
  if (Buffer.byteLength(usual) <= longestSocketPath) {
    await rm(usual, { force: true });
    return { path: usual, remove: () => rm(usual, { force: true }) };
  }
  const path = join(await mkdtemp(join(tmpdir(), 'curlew-')), 'lab.sock');
  return { path, remove: () => rm(dirname(path), { recursive: true, force: true }) };
}
