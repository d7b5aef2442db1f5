/** The built page and the headers it is served with: the same over the web shell's HTTP and Electron's protocol. */
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { CurlewError } from '../contract/error.ts';

/**
 * Nothing remote, nothing inline, no eval but WebAssembly's own; text becomes markup or a program through two policies
 * alone (Trusted Types): Vue's, for the fixed parts of its templates, and that of the page's one worker. Cross-origin
 * isolated so that the reference's WebAssembly may use shared memory.
 */
export const pageHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    'media-src blob:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types vue curlew-worker',
  ].join('; '),
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Permissions-Policy': 'microphone=(self), camera=(), geolocation=()',
  'Cache-Control': 'no-cache',
};

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
  '.json': 'application/json; charset=utf-8',
};

export interface PageFile {
  body: Buffer;
  type: string;
}

export interface Page {
  /** @param pathname of the address, `/` for the page itself; null where there is nothing */
  file(pathname: string): Promise<PageFile | null>;
}

/**
 * Knows the built files by name from the start, so that no address can name any other file.
 * @throws CurlewError FILE_NOT_FOUND when the page has not been built
 */
export async function openPage(folder: string): Promise<Page> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = new Map<string, string>();
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set('/' + relative(folder, path).split(sep).join('/'), path);
  }
  if (!files.has('/index.html')) {
    throw new CurlewError(
      'FILE_NOT_FOUND',
      `The page has not been built (${folder} has no index.html). Run “npm run build”.`,
    );
  }
  return {
    async file(pathname) {
      const path = files.get(pathname === '/' ? '/index.html' : pathname);
      if (path === undefined) return null;
      return { body: await readFile(path), type: types[extname(path)] ?? 'application/octet-stream' };
    },
  };
}
