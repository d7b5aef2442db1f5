/** What the page is served and what it may not do. */
import { describe, expect, it } from 'vitest';
import { pageHeaders, type Page } from '../page.ts';
import { isOurs } from './address.ts';
import { FakeContents, FakeElectron, preventable } from './fake-electron.ts';
import { guardNavigation } from './navigation.ts';
import { limitPermissions } from './permissions.ts';
import { servePage } from './protocol.ts';

const page: Page = {
  async file(pathname) {
    if (pathname === '/broken.js') throw new Error('disk gone');
    if (pathname !== '/' && pathname !== '/app.js') return null;
    return { body: Buffer.from(`body of ${pathname}`), type: 'text/javascript; charset=utf-8' };
  },
};

function served() {
  const electron = new FakeElectron();
  servePage(electron.api, page);
  return electron;
}

describe('our own address', () => {
  it.each(['curlew://lab', 'curlew://lab/', 'curlew://lab/#/fleet', 'curlew://lab/assets/a.js?x'])(
    'is %s',
    (address) => expect(isOurs(address)).toBe(true),
  );

  it.each([
    '',
    null,
    undefined,
    'lab',
    'curlew:lab',
    'curlew://lab.example/',
    'curlew://lab:8080/',
    'curlew://user@lab/',
    'curlew://lab@example/',
    'curlews://lab/',
    'http://lab/',
    'https://curlew/lab/',
    'file:///curlew://lab/',
    'data:text/html,curlew://lab/',
    'about:blank',
    'null',
  ])('is not %s', (address) => expect(isOurs(address)).toBe(false));
});

describe('the page over its own protocol', () => {
  it('is answered with its type and every header', async () => {
    const response = await served().fetch('curlew://lab/app.js');
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('body of /app.js');
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    for (const [name, value] of Object.entries(pageHeaders)) expect(response.headers.get(name)).toBe(value);
  });

  it('is cross-origin isolated and runs nothing that is not its own', () => {
    expect(pageHeaders['Cross-Origin-Opener-Policy']).toBe('same-origin');
    expect(pageHeaders['Cross-Origin-Embedder-Policy']).toBe('require-corp');
    const policy = pageHeaders['Content-Security-Policy'] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/'unsafe-inline'|'unsafe-eval'|https?:|\*/);
  });

  it('is the index at its root, whatever follows the question mark', async () => {
    expect(await (await served().fetch('curlew://lab/?a=1#/fleet')).text()).toBe('body of /');
  });

  it.each([
    ['GET', 'curlew://lab/nothing.js', 404],
    ['GET', 'curlew://other/app.js', 404],
    ['GET', 'curlew://lab:1/app.js', 404],
    ['GET', 'curlew://lab/../package.json', 404],
    ['GET', 'curlew://lab/%2e%2e/package.json', 404],
    ['GET', 'curlew://lab/..%2fpackage.json', 404],
    ['POST', 'curlew://lab/app.js', 405],
    ['DELETE', 'curlew://lab/', 405],
    ['GET', 'curlew://lab/broken.js', 500],
  ])('answers %s %s with %i and the same headers', async (method, url, status) => {
    const response = await served().fetch(url, method);
    expect(response.status).toBe(status);
    for (const [name, value] of Object.entries(pageHeaders)) expect(response.headers.get(name)).toBe(value);
  });

  it('answers HEAD without a body', async () => {
    const response = await served().fetch('curlew://lab/app.js', 'HEAD');
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
  });
});

describe('navigation', () => {
  function guarded() {
    const electron = new FakeElectron();
    guardNavigation(electron.api);
    const contents = new FakeContents();
    electron.app.emit('web-contents-created', {}, contents);
    return { electron, contents };
  }
  const events = ['will-navigate', 'will-redirect', 'will-frame-navigate'] as const;

  it.each(events)('by %s stays on the page', (event) => {
    const { contents } = guarded();
    expect(contents.goesTo(event, 'curlew://lab/')).toBe(true);
    for (const url of [
      'https://example.org/',
      'http://127.0.0.1/',
      'file:///etc/passwd',
      'data:text/html,hello',
      'javascript:alert(1)',
      'curlew://other/',
      'about:blank',
    ]) {
      expect([url, contents.goesTo(event, url)]).toEqual([url, false]);
    }
  });

  it('opens no window, and hands only https links to the browser', () => {
    const { electron, contents } = guarded();
    for (const url of [
      'https://freesound.org/people/a/',
      'http://example.org/',
      'file:///bin/sh',
      'smb://host/share',
      'curlew://lab/',
      'javascript:alert(1)',
      'not an address',
    ]) {
      expect(contents.open(url)).toBe('deny');
    }
    expect(electron.opened).toEqual(['https://freesound.org/people/a/']);
  });

  it('attaches no webview', () => {
    const { contents } = guarded();
    const event = preventable({});
    contents.emit('will-attach-webview', event);
    expect(event.defaultPrevented).toBe(true);
  });
});

describe('permissions', () => {
  const ours = { isMainFrame: true, requestingUrl: 'curlew://lab/', securityOrigin: 'curlew://lab/' };
  const theirs = { ...ours, requestingUrl: 'https://example.org/', securityOrigin: 'https://example.org/' };

  function limited(platform: NodeJS.Platform = 'linux') {
    const electron = new FakeElectron();
    limitPermissions(electron.api, platform);
    return { electron, session: electron.session.defaultSession };
  }

  it.each([
    ['media', { ...ours, mediaTypes: ['audio'] }, true],
    ['media', { ...ours, mediaTypes: ['audio', 'video'] }, false],
    ['media', { ...ours, mediaTypes: ['video'] }, false],
    ['media', { ...ours, mediaTypes: [] }, false],
    ['media', ours, false],
    ['media', { ...ours, isMainFrame: false, mediaTypes: ['audio'] }, false],
    ['media', { ...theirs, mediaTypes: ['audio'] }, false],
    ['media', { ...ours, securityOrigin: 'https://example.org/', mediaTypes: ['audio'] }, false],
    ['display-capture', { ...ours, mediaTypes: ['audio'] }, false],
    ['geolocation', ours, false],
    ['notifications', ours, true],
    ['notifications', { ...ours, isMainFrame: false }, false],
    ['notifications', theirs, false],
    ['clipboard-read', ours, false],
    ['openExternal', ours, false],
    ['fileSystem', ours, false],
    ['fullscreen', ours, false],
    ['serial', ours, false],
    ['unknown', ours, false],
  ])('a request for %s with %j is answered %s', async (permission, details, granted) => {
    expect(await limited().session.requests(permission, details)).toBe(granted);
  });

  it.each([
    ['media', 'curlew://lab/', { ...ours, mediaType: 'audio' }, true],
    ['media', 'curlew://lab', { ...ours, mediaType: 'audio' }, true],
    ['media', 'curlew://lab/', { ...ours, mediaType: 'video' }, false],
    ['media', 'curlew://lab/', { ...ours, mediaType: 'unknown' }, false],
    ['media', 'curlew://lab/', { ...ours, isMainFrame: false, mediaType: 'audio' }, false],
    ['media', 'https://example.org/', { ...theirs, mediaType: 'audio' }, false],
    ['media', '', { ...ours, mediaType: 'audio' }, false],
    ['notifications', 'curlew://lab/', ours, true],
    ['notifications', 'https://example.org/', theirs, false],
    ['serial', 'curlew://lab/', ours, false],
    ['usb', 'curlew://lab/', ours, false],
    ['hid', 'curlew://lab/', ours, false],
    ['local-fonts', 'curlew://lab/', ours, false],
  ])('a check of %s for %s with %j is answered %s', (permission, origin, details, allowed) => {
    expect(limited().session.checks(permission, origin, details)).toBe(allowed);
  });

  it('never hands a device to the page', () => {
    expect(limited().session.allowsDevices).toBe(false);
  });

  it.each([true, false])('on a Mac the system has the last word: %s', async (hears) => {
    const { electron, session } = limited('darwin');
    electron.hears = hears;
    expect(await session.requests('media', { ...ours, mediaTypes: ['audio'] })).toBe(hears);
    expect(await session.requests('media', { ...ours, mediaTypes: ['video'] })).toBe(false);
  });
});
