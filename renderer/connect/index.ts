/** The one place that knows which shell this page is in. Everything else holds a client and capabilities. */
import type { Bridge } from '../../main/contract/bridge.ts';
import { connectLab } from '../../main/contract/connect.ts';
import type { Lab } from '../stores/lab.ts';
import { bridgeCapabilities, overBridge } from './electron.ts';
import { openWeb, takeToken, webCapabilities } from './web.ts';

declare global {
  interface Window {
    curlew?: Bridge;
  }
}

/** @throws ConnectionRefused where the page is served and the lab does not let it in */
export async function connect(): Promise<Lab> {
  if (window.curlew) {
    return { client: connectLab(overBridge(window.curlew.port())), shell: bridgeCapabilities(window.curlew) };
  }
  const token = takeToken(location, history, sessionStorage);
  return { client: connectLab(await openWeb(token)), shell: webCapabilities };
}

/** Tries once whether the lab answers again; the page is then loaded afresh. */
export async function labAnswers(): Promise<boolean> {
  if (window.curlew) return false;
  const transport = await openWeb(sessionStorage.getItem('curlew.token'));
  transport.close();
  return true;
}
