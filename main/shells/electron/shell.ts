/** The lab in a window of its own: what happens when, from the start of the process to its end. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserWindow } from 'electron';
import { toCurlewError } from '../../contract/error.ts';
import { makeDataFolder, noDataFolder } from '../../data-folder.ts';
import type { Lab } from '../../lab.ts';
import { resources } from '../../resources.ts';
import { guardProcess, longestCloseMs, within, type GuardedProcess } from '../guard-process.ts';
import { openDoor, type LocalDoor } from '../local-door.ts';
import { openPage } from '../page.ts';
import { runningLab } from '../running-lab.ts';
import { openBrowser } from '../web/open-browser.ts';
import type { ElectronApi } from './api.ts';
import { serveConnections } from './connection.ts';
import { serveDialogs } from './dialogs.ts';
import { setMenu } from './menu.ts';
import { guardNavigation } from './navigation.ts';
import { limitPermissions } from './permissions.ts';
import { registerScheme, servePage } from './protocol.ts';
import { focusWindow, openWindow } from './window.ts';

export interface ShellOptions {
  dataFolder: string;
  /** Absolute; opened beside the usual ones. */
  folders: readonly string[];
  /** The built page. */
  pageFolder: string;
  /** The built preload script. */
  preload: string;
  platform: NodeJS.Platform;
  process: GuardedProcess;
  openLab(options: { dataFolder: string; shell: 'electron'; folders: readonly string[] }): Promise<Lab>;
}

/**
 * To be called in the first turn of the process: the scheme must be known before Electron is ready.
 * Resolves when the window is open, or when it is decided that there will be none.
 */
export async function startShell(electron: ElectronApi, options: ShellOptions): Promise<void> {
  const { app, dialog } = electron;
  const { dataFolder, platform } = options;
  registerScheme(electron);
  app.enableSandbox();
  guardNavigation(electron);
  if (!settle(electron, dataFolder)) return app.exit(1);
  if (!app.requestSingleInstanceLock()) return app.quit();

  let window: BrowserWindow | null = null;
  let opening: Promise<OpenLab> | null = null;
  let endConnections = (): void => undefined;
  let ending = false;

  const end = async (): Promise<void> => {
    // A lab that is still opening gets no window any more.
    ending = true;
    endConnections();
    const open = await opening?.catch(() => null);
    if (!open) return;
    await open.door.close();
    await open.lab.close();
  };

  guardProcess(options.process, {
    close: end,
    end(sentence, code) {
      dialog.showErrorBox('Curlew has to end', `${sentence} What was stored is safe; start it again.`);
      app.exit(code);
    },
  });
  app.on('will-quit', (event) => {
    event.preventDefault();
    if (ending) return;
    void within(longestCloseMs, end).then((inTime) => app.exit(inTime ? 0 : 1));
  });
  app.on('second-instance', () => window && focusWindow(window));
  app.on('window-all-closed', () => {
    // A Mac's programs outlive their windows.
    if (platform !== 'darwin') app.quit();
  });

  await app.whenReady();
  try {
    await makeDataFolder(dataFolder);
    const page = await openPage(options.pageFolder);
    const running = await runningLab(dataFolder);
    if (running?.link && (await openBrowser(dataFolder, running.link))) return app.exit(0);
    opening = openWithDoor(options);
    const { lab } = await opening;
    servePage(electron, page);
    limitPermissions(electron, platform);
    endConnections = serveConnections(electron, lab);
    serveDialogs(electron, lab, [dataFolder, resources.bank]);
    setMenu(electron, platform, dataFolder);
  } catch (thrown) {
    dialog.showErrorBox('Curlew cannot open the lab', toCurlewError(thrown).message);
    await within(longestCloseMs, end);
    return app.exit(1);
  }
  if (ending) return;

  const open = (): void => {
    window = openWindow(electron, options);
    window.on('closed', () => (window = null));
  };
  open();
  app.on('activate', () => {
    if (!window) open();
  });
}

interface OpenLab {
  lab: Lab;
  /** For the command line. */
  door: LocalDoor;
}

/** Both or neither: a lab whose door could not be opened is closed again. */
async function openWithDoor({ dataFolder, folders, openLab }: ShellOptions): Promise<OpenLab> {
  const lab = await openLab({ dataFolder, shell: 'electron', folders });
  try {
    return { lab, door: await openDoor(dataFolder, 'electron', lab) };
  } catch (thrown) {
    await lab.close();
    throw thrown;
  }
}

/**
 * Moves Electron's own files, and with them its single-instance lock, into the data folder: one lab a folder, as
 * the store demands. At once, since Electron reads the place when it becomes ready.
 */
function settle({ app, dialog }: Pick<ElectronApi, 'app' | 'dialog'>, dataFolder: string): boolean {
  const folder = join(dataFolder, 'electron');
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (thrown) {
    dialog.showErrorBox('Curlew cannot open the lab', noDataFolder(dataFolder, thrown));
    return false;
  }
  app.setPath('userData', folder);
  return true;
}
