/** Serves the page under `curlew://lab/`, with the headers that the web shell sends too. */
import { pageHeaders, type Page } from '../page.ts';
import { isOurs, scheme } from './address.ts';
import type { ElectronApi } from './api.ts';

/** Before the app is ready, once: a standard, secure scheme has an origin, storage, fetch and workers. */
export function registerScheme({ protocol }: Pick<ElectronApi, 'protocol'>): void {
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

export function servePage({ protocol }: Pick<ElectronApi, 'protocol'>, page: Page): void {
  protocol.handle(scheme, (request) => answer(page, request));
}

async function answer(page: Page, request: { method: string; url: string }): Promise<Response> {
  if (!isOurs(request.url)) return refuse(404, 'There is nothing here.');
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, 'Only GET is answered.');
  try {
    const file = await page.file(new URL(request.url).pathname);
    if (!file) return refuse(404, 'There is nothing here.');
    const headers = { ...pageHeaders, 'Content-Type': file.type, 'Content-Length': String(file.body.length) };
    return new Response(request.method === 'HEAD' ? null : new Uint8Array(file.body), { headers });
  } catch {
    return refuse(500, 'The page could not be read.');
  }
}

function refuse(status: number, text: string): Response {
  return new Response(text, {
    status,
    headers: { ...pageHeaders, 'Content-Type': 'text/plain; charset=utf-8' },
  });
}
