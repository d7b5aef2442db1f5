import { EventEmitter } from 'node:events';
import { mkdtemp, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CurlewError } from '../../contract/error.ts';
import { takeFaults } from '../../contract/fault.ts';
import { connectCli } from '../cli/connect.ts';
import { board, standInLab } from '../lab-stand-in.ts';
import { FakeElectron } from './fake-electron.ts';
import { startShell, type ShellOptions } from './shell.ts';

let folder: string;
let options: ShellOptions;
let running: EventEmitter;
const { lab, ...standIn } = standInLab();
const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-electron-'));
  await mkdir(join(folder, 'page'));
  await writeFile(join(folder, 'page', 'index.html'), '<!doctype html>');
  running = new EventEmitter();
  options = {
    dataFolder: join(folder, 'data'),
    folders: ['/srv/sounds'],
    pageFolder: join(folder, 'page'),
    preload: join(folder, 'preload.cjs'),
    platform: 'linux',
    process: Object.assign(running, { stdout: new EventEmitter(), stderr: new EventEmitter() }),
    openLab: async () => lab,
  };
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(folder, { recursive: true, force: true });
});

/** Once all promises that can be settled are. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
const windowState = () => join(options.dataFolder, 'window.json');
const announcement = () => join(options.dataFolder, 'running.json');

describe('the start', () => {
  it('opens one window on the page, sandboxed and shut off from Node', async () => {
    const electron = new FakeElectron();
    await startShell(electron.api, options);
    expect(electron.app.sandboxed).toBe(true);
    expect(electron.windows).toHaveLength(1);
    const [window] = electron.windows;
    expect(window?.loaded).toBe('curlew://lab/');
    expect(window?.options.webPreferences).toMatchObject({
      preload: options.preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
    });
    expect(window?.options.minWidth).toBeGreaterThan(0);
  });

  it('shows the window only once the page has painted', async () => {
    const electron = new FakeElectron();
    await startShell(electron.api, options);
    const [window] = electron.windows;
    expect(window?.options.show).toBe(false);
    expect(window?.shown).toBe(false);
    window?.emit('ready-to-show');
    expect(window?.shown).toBe(true);
  });

  it('makes its scheme a secure origin before Electron is ready', async () => {
    const electron = new FakeElectron();
    await startShell(electron.api, options);
    expect(electron.schemes).toEqual([
      { scheme: 'curlew', privileges: expect.objectContaining({ standard: true, secure: true }) },
    ]);
    expect(electron.schemes[0]?.privileges).not.toHaveProperty('bypassCSP');
  });

  it('opens a door for the command line, which asks this lab while the window is open', async () => {
    const electron = new FakeElectron();
    await startShell(electron.api, options);
    const { client, own, close } = await connectCli(options.dataFolder);
    expect(own).toBe(false);
    expect(await client.request('boards.list', {})).toEqual([board]);
    await close();
    electron.app.quit();
    expect(await electron.app.exited).toBe(0);
    expect(await exists(announcement())).toBe(false);
    expect(await exists(join(options.dataFolder, 'lab.sock'))).toBe(false);
  });

  it('says why the lab cannot open, opens no window and ends with a failure', async () => {
    const electron = new FakeElectron();
    const sentence = 'Another lab holds the store.';
    const openLab = () => Promise.reject(new CurlewError('STORE_LOCKED', sentence));
    await startShell(electron.api, { ...options, openLab });
    expect(electron.dialogs).toEqual([
      { kind: 'error', options: { title: expect.any(String), content: sentence } },
    ]);
    expect(electron.windows).toEqual([]);
    expect(electron.app.exitCode).toBe(1);
    expect(await exists(announcement())).toBe(false);
  });

  it('opens the lab with the folders that were named', async () => {
    const openLab = vi.fn(options.openLab);
    await startShell(new FakeElectron().api, { ...options, openLab });
    expect(openLab).toHaveBeenCalledWith(expect.objectContaining({ folders: ['/srv/sounds'] }));
  });

  it('says so when the page has not been built, before it opens the lab', async () => {
    const electron = new FakeElectron();
    const openLab = vi.fn(options.openLab);
    await startShell(electron.api, { ...options, pageFolder: join(folder, 'nothing'), openLab });
    expect(electron.dialogs.map(({ kind }) => kind)).toEqual(['error']);
    expect(openLab).not.toHaveBeenCalled();
    expect(electron.app.exitCode).toBe(1);
  });

  it('says so when the data folder cannot be made', async () => {
    const electron = new FakeElectron();
    const file = join(folder, 'page', 'index.html');
    await startShell(electron.api, { ...options, dataFolder: join(file, 'data') });
    expect(electron.dialogs.map(({ kind }) => kind)).toEqual(['error']);
    expect(electron.app.exitCode).toBe(1);
  });
});

describe('a second instance', () => {
  it('ends at once and opens no lab', async () => {
    const electron = new FakeElectron();
    electron.app.isFirstInstance = false;
    const openLab = vi.fn(options.openLab);
    await startShell(electron.api, { ...options, openLab });
    expect(openLab).not.toHaveBeenCalled();
    expect(electron.windows).toEqual([]);
    expect(electron.app.exitCode).toBe(0);
  });

  it('brings the window of the first to the front', async () => {
    const electron = new FakeElectron();
    await startShell(electron.api, options);
    const [window] = electron.windows;
    window!.minimized = true;
    electron.app.emit('second-instance');
    expect(window).toMatchObject({ minimized: false, shown: true, focused: true });
  });

  it('is one only on the same data folder, since the lock lies there', async () => {
    const electron = new FakeElectron();
    await startShell(electron.api, options);
    expect(electron.app.paths.get('userData')).toBe(join(options.dataFolder, 'electron'));
  });
});

describe('the end', () => {
  it('closes the lab and withdraws the announcement when the window closes', async () => {
    const electron = new FakeElectron();
    const before = standIn.closes();
    await startShell(electron.api, options);
    electron.windows[0]?.close();
    expect(await electron.app.exited).toBe(0);
    expect(standIn.closes()).toBe(before + 1);
    expect(await exists(announcement())).toBe(false);
  });

  it('closes the lab once however often it is asked to quit', async () => {
    const electron = new FakeElectron();
    const before = standIn.closes();
    await startShell(electron.api, options);
    electron.app.quit();
    electron.app.emit('will-quit', { preventDefault: () => undefined });
    expect(await electron.app.exited).toBe(0);
    expect(standIn.closes()).toBe(before + 1);
  });

  it('ends all the same when the lab cannot be closed', async () => {
    const electron = new FakeElectron();
    const stuck = { ...lab, close: () => Promise.reject(new Error('disk gone')) };
    await startShell(electron.api, { ...options, openLab: async () => stuck });
    electron.app.quit();
    expect(await electron.app.exited).toBe(1);
  });

  it('does not wait for ever for a lab that does not close', async () => {
    const electron = new FakeElectron();
    const stuck = { ...lab, close: () => new Promise<void>(() => undefined) };
    await startShell(electron.api, { ...options, openLab: async () => stuck });
    vi.useFakeTimers();
    electron.app.quit();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(electron.app.exitCode).toBe(1);
  });

  it('closes a lab that was still opening, and opens no window for it', async () => {
    const electron = new FakeElectron();
    const before = standIn.closes();
    let open = (): void => undefined;
    let asked = (): void => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    const opening = new Promise<void>((resolve) => (asked = resolve));
    const openLab = async () => {
      asked();
      await opened;
      return lab;
    };
    const started = startShell(electron.api, { ...options, openLab });
    await opening;
    electron.app.quit();
    open();
    await started;
    expect(await electron.app.exited).toBe(0);
    expect(standIn.closes()).toBe(before + 1);
    expect(electron.windows).toEqual([]);
    expect(await exists(announcement())).toBe(false);
  });

  it('tells the page that the lab is gone', async () => {
    const electron = new FakeElectron();
    await startShell(electron.api, options);
    const port = electron.bridge(electron.windows[0]!.webContents).port();
    const gone = new Promise<void>((resolve) => port.onClose(resolve));
    electron.app.quit();
    await gone;
  });
});

describe('an exception that nothing caught', () => {
  it('closes the lab, is shown, and ends the process with a failure of its own', async () => {
    const electron = new FakeElectron();
    const before = standIn.closes();
    await startShell(electron.api, options);
    const port = electron.bridge(electron.windows[0]!.webContents).port();
    const gone = new Promise<void>((resolve) => port.onClose(resolve));
    running.emit('uncaughtException', new Error('a timer of ours'));
    expect(await electron.app.exited).toBe(70);
    await gone;
    expect(standIn.closes()).toBe(before + 1);
    expect(await exists(announcement())).toBe(false);
    expect(electron.dialogs).toEqual([
      {
        kind: 'error',
        options: {
          title: expect.any(String),
          content: expect.stringContaining('a timer of ours') as string,
        },
      },
    ]);
  });

  it('ends the process also while the lab is opening, and closes what has opened by then', async () => {
    const electron = new FakeElectron();
    const before = standIn.closes();
    const openLab = async () => {
      await settled();
      running.emit('uncaughtException', new Error('early'));
      return lab;
    };
    const started = startShell(electron.api, { ...options, openLab });
    expect(await electron.app.exited).toBe(70);
    await started;
    expect(standIn.closes()).toBe(before + 1);
    expect(await exists(announcement())).toBe(false);
    expect(electron.windows).toEqual([]);
  });

  it('was a rejection only: the window stays', async () => {
    const electron = new FakeElectron();
    await startShell(electron.api, options);
    const told: unknown[] = [];
    const leave = takeFaults((fault) => told.push(fault.thrown));
    running.emit('unhandledRejection', 'forgotten');
    leave();
    expect(told).toEqual(['forgotten']);
    expect(electron.app.exitCode).toBeNull();
    expect(electron.windows[0]).toBeDefined();
  });
});

describe('on a Mac', () => {
  it('the lab outlives its window and opens another one when activated', async () => {
    const electron = new FakeElectron();
    await startShell(electron.api, { ...options, platform: 'darwin' });
    electron.windows[0]?.close();
    expect(electron.app.exitCode).toBeNull();
    electron.app.emit('activate');
    electron.app.emit('activate');
    expect(electron.windows).toHaveLength(1);
  });
});

describe('the window', () => {
  it('comes back where it was closed', async () => {
    const first = new FakeElectron();
    await startShell(first.api, options);
    const bounds = { x: 100, y: 60, width: 1000, height: 700 };
    first.windows[0]!.bounds = bounds;
    first.windows[0]!.maximized = true;
    first.windows[0]!.close();
    await first.app.exited;

    const second = new FakeElectron();
    await startShell(second.api, options);
    expect(second.windows[0]?.options).toMatchObject(bounds);
    second.windows[0]?.emit('ready-to-show');
    expect(second.windows[0]?.maximized).toBe(true);
  });

  it.each(['', '{', 'null', '[]', '{"x":"1e9"}', '{"x":1,"y":1,"width":-5,"height":1,"maximized":false}'])(
    'opens in its usual place when what was kept is %j',
    async (kept) => {
      await mkdir(options.dataFolder);
      await writeFile(windowState(), kept);
      const electron = new FakeElectron();
      await startShell(electron.api, options);
      const { x, y, width, height } = electron.windows[0]!.options;
      expect([x, y]).toEqual([undefined, undefined]);
      expect(width! * height!).toBeGreaterThan(0);
    },
  );

  it('offers to load the page again when it has crashed', async () => {
    const electron = new FakeElectron();
    await startShell(electron.api, options);
    const contents = electron.windows[0]!.webContents;
    contents.emit('render-process-gone', {}, { reason: 'clean-exit' });
    expect(contents.reloads).toBe(0);
    contents.emit('render-process-gone', {}, { reason: 'crashed' });
    await settled();
    expect(contents.reloads).toBe(1);
    electron.chooses.button = 1;
    contents.emit('render-process-gone', {}, { reason: 'oom' });
    expect(await electron.app.exited).toBe(0);
  });
});

describe('the menu', () => {
  it.each(['linux', 'win32', 'darwin'] as const)('has a way to quit and to copy on %s', async (platform) => {
    const electron = new FakeElectron();
    await startShell(electron.api, { ...options, platform });
    const roles = electron.menu.flatMap(({ role, submenu }) => [
      role,
      ...(Array.isArray(submenu) ? submenu.map((item) => item.role) : []),
    ]);
    expect(roles).toContain('editMenu');
    expect(roles).toContain(platform === 'darwin' ? 'appMenu' : 'quit');
  });

  it('shows the data folder', async () => {
    const electron = new FakeElectron();
    await startShell(electron.api, options);
    const items = electron.menu.flatMap(({ submenu }) => (Array.isArray(submenu) ? submenu : []));
    const item = items.find(({ label }) => label?.includes('Folder'));
    item?.click?.({} as never, undefined, {} as never);
    expect(electron.opened).toEqual([options.dataFolder]);
  });
});
