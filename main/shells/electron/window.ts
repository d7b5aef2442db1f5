/** The lab's one window. */
import type { BrowserWindow } from 'electron';
import { pageAddress } from './address.ts';
import type { ElectronApi } from './api.ts';
import { keepWindowState, placeWindow, readWindowState, smallest } from './window-state.ts';

export interface WindowOptions {
  dataFolder: string;
  /** Absolute path of the built preload script. */
  preload: string;
}

/** Opens hidden, and shows itself once the page has painted. */
export function openWindow(
  electron: Pick<ElectronApi, 'app' | 'BrowserWindow' | 'dialog' | 'screen'>,
  { dataFolder, preload }: WindowOptions,
): BrowserWindow {
  const primary = electron.screen.getPrimaryDisplay();
  const others = electron.screen.getAllDisplays().filter(({ id }) => id !== primary.id);
  const workAreas = [primary, ...others].map(({ workArea }) => workArea);
  const { maximized, ...bounds } = placeWindow(readWindowState(dataFolder), workAreas);
  const window = new electron.BrowserWindow({
    ...bounds,
    minWidth: smallest.width,
    minHeight: smallest.height,
    title: 'Curlew',
    show: false,
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      // Telemetry keeps arriving while the window is behind another; its charts must not fall behind.
      backgroundThrottling: false,
    },
  });
  window.once('ready-to-show', () => {
    if (maximized) window.maximize();
    window.show();
  });
  window.on('close', () => {
    keepWindowState(dataFolder, { ...window.getNormalBounds(), maximized: window.isMaximized() });
  });
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason !== 'clean-exit') void offerReload(electron, window, reason);
  });
  // What cannot be loaded is shown by the contents themselves; the promise only repeats it.
  window.loadURL(pageAddress).catch(() => window.show());
  return window;
}

export function focusWindow(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}

/** The lab itself goes on: its boards and jobs live outside the page. */
async function offerReload(
  { app, dialog }: Pick<ElectronApi, 'app' | 'dialog'>,
  window: BrowserWindow,
  reason: string,
): Promise<void> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'error',
    message: `The page has stopped (${reason}).`,
    detail: 'The lab goes on: boards stay attached and jobs run on.',
    buttons: ['Load the page again', 'Quit Curlew'],
    defaultId: 0,
  });
  if (response === 0) window.webContents.reload();
  else app.quit();
}
