/** Opens the lab and serves it until the process is told to end. */
import { spawn } from 'node:child_process';
import { connectLab } from '../../contract/connect.ts';
import { openLab } from '../../lab.ts';
import { resources } from '../../resources.ts';
import { openDoor } from '../local-door.ts';
import { localTransport } from '../local-transport.ts';
import { openPage } from '../page.ts';
import { tellLosses } from '../tell-losses.ts';
import { serveWeb } from './server.ts';

export interface ServeOptions {
  dataFolder: string;
  host?: string;
  port?: number;
  /** Opens the person's browser where there is a display. */
  open: boolean;
  /** Told the link once the lab answers. */
  onReady(link: string, browserOpened: boolean): void;
}

/** Resolves when SIGINT or SIGTERM has come and everything is closed. @throws CurlewError of the lab and the server */
export async function serveUntilStopped(options: ServeOptions): Promise<void> {
  const page = await openPage(resources.page);
  const lab = await openLab({ dataFolder: options.dataFolder, shell: 'web' });
  try {
    const client = connectLab(localTransport(lab));
    await tellLosses(client);
    client.close();
    const shell = await serveWeb({
      lab,
      page,
      ...(options.host === undefined ? {} : { host: options.host }),
      ...(options.port === undefined ? {} : { port: options.port }),
    });
    const door = await openDoor(options.dataFolder, 'web', lab);
    const stopped = new Promise<void>((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
    });
    options.onReady(shell.link, options.open && (await openBrowser(shell.link)));
    await stopped;
    await door.close();
    await shell.close();
  } finally {
    await lab.close();
  }
}

/** @returns false where there is no display, or nothing that opens a browser */
async function openBrowser(link: string): Promise<boolean> {
  const { platform, env } = process;
  if (platform === 'linux' && !env['DISPLAY'] && !env['WAYLAND_DISPLAY']) return false;
  const [program, ...words] =
    platform === 'darwin'
      ? ['open']
      : platform === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler']
        : ['xdg-open'];
  return new Promise((resolve) => {
    const child = spawn(program as string, [...words, link], { stdio: 'ignore', detached: true });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}
