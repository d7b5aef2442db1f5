/** The one place that knows which shell this page is in. Everything else holds a client and capabilities. */
import type { Bridge } from '../../main/contract/bridge.ts';
import type { LabClient, ShellCapabilities } from '../../main/contract/client.ts';
import { connectLab } from '../../main/contract/connect.ts';
import type { Lab } from '../stores/lab.ts';
import { bridgeCapabilities, overBridge } from './electron.ts';
import { keepToken, openWeb, takeToken, tokenFor, webCapabilities } from './web.ts';

declare global {
  interface Window {
    curlew?: Bridge;
  }
}

/** @throws ConnectionRefused where the page is served and the lab does not let it in */
export async function connect(): Promise<Lab> {
  if (window.curlew) {
    return withRole(connectLab(overBridge(window.curlew.port())), bridgeCapabilities(window.curlew));
  }
  const token = takeToken(location, history, sessionStorage);
  return withRole(connectLab(await openWeb(token)), webCapabilities);
}

/** What the shell can do, and what the lab lets whoever holds the page do. */
export async function withRole(client: LabClient, shell: ShellCapabilities): Promise<Lab> {
  const { role } = await client.request('lab.info', {});
  return role === 'viewer'
    ? { client, shell }
    : { client, shell: { ...shell, has: new Set([...shell.has, 'operate']) } };
}

/** Signs in, and loads the page afresh. @throws Error with a sentence for the person */
export async function signIn(password: string): Promise<void> {
  keepToken(await tokenFor(password), sessionStorage);
  location.reload();
}

/** Tries once whether the lab answers again; the page is then loaded afresh. */
export async function labAnswers(): Promise<boolean> {
  if (window.curlew) return false;
  const transport = await openWeb(sessionStorage.getItem('curlew.token'));
  transport.close();
  return true;
}
