/** Opens the lab and serves it until the process is told to end. */
import { connectLab } from '../../contract/connect.ts';
import { given } from '../../given.ts';
import { openLab } from '../../lab.ts';
import { resources } from '../../resources.ts';
import { openDoor } from '../local-door.ts';
import { localTransport } from '../local-transport.ts';
import { openPage } from '../page.ts';
import { tellLosses } from '../tell-losses.ts';
import { openCertificate } from './certificate.ts';
import { isLoopback, namesOf } from './names.ts';
import { forgetLead, openBrowser } from './open-browser.ts';
import { Passwords } from './passwords.ts';
import { serveWeb, type NetworkOptions } from './server.ts';
import { requirePassword, SignIn } from './sign-in.ts';
import { atUsualPort } from './usual-port.ts';

export interface Ready {
  /** What a person opens. */
  link: string;
  browserOpened: boolean;
  /** Of the certificate; null on loopback, where there is none. */
  fingerprint: string | null;
}

export interface ServeOptions {
  dataFolder: string;
  host?: string;
  port?: number;
  /** Absolute; opened beside the usual ones. */
  folders: readonly string[];
  /** Opens the person's browser where there is a display. */
  open: boolean;
  /** Told once the lab answers. */
  onReady(ready: Ready): void;
}

/** Resolves when SIGINT or SIGTERM has come and everything is closed. @throws CurlewError of the lab and the server */
export async function serveUntilStopped(options: ServeOptions): Promise<void> {
  const { dataFolder, host, port, folders } = options;
  const network = host === undefined || isLoopback(host) ? undefined : await networkOf(dataFolder, host);
  const page = await openPage(resources.page);
  const lab = await openLab({ dataFolder, shell: 'web', folders });
  const closing = [() => lab.close()];
  try {
    const client = connectLab(localTransport(lab));
    await tellLosses(client);
    client.close();
    const shell = await atUsualPort(dataFolder, port, (at) =>
      serveWeb({
        lab,
        page,
        // What fails here is tried again, and told, at the end.
        onPage: () => void forgetLead(dataFolder).catch(() => undefined),
        ...given({ host, port: at, network }),
      }),
    );
    closing.push(() => shell.close());
    lab.servedAt({ address: shell.address, certificate: network?.certificate.certificate ?? null });
    const door = await openDoor(dataFolder, 'web', lab, shell.link);
    closing.push(() => door.close());
    const stopped = new Promise<void>((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
    });
    const browserOpened = options.open && (await openBrowser(dataFolder, shell.link));
    closing.push(() => forgetLead(dataFolder));
    options.onReady({
      link: shell.link,
      browserOpened,
      fingerprint: network?.certificate.fingerprint ?? null,
    });
    await stopped;
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

/** @throws CurlewError PASSWORD_NEEDED, FILE_DAMAGED */
async function networkOf(dataFolder: string, host: string): Promise<NetworkOptions> {
  const passwords = new Passwords(dataFolder);
  await requirePassword(passwords);
  const certificate = await openCertificate(dataFolder, namesOf(host));
  return { certificate, signIn: new SignIn(passwords) };
}
