/**
 * The part of Electron that the shell uses, handed in. Where Electron's runtime is absent the module cannot
 * even be imported, so `index.ts` alone imports it as a value.
 */
export type ElectronApi = Pick<
  typeof import('electron'),
  | 'app'
  | 'BrowserWindow'
  | 'dialog'
  | 'ipcMain'
  | 'Menu'
  | 'protocol'
  | 'screen'
  | 'session'
  | 'shell'
  | 'systemPreferences'
>;
