/** The native menu: the platform's usual roles, and the one thing of ours that a page cannot do. */
import type { MenuItemConstructorOptions } from 'electron';
import type { ElectronApi } from './api.ts';

export function menuTemplate(
  platform: NodeJS.Platform,
  showDataFolder: () => void,
): MenuItemConstructorOptions[] {
  const mac = platform === 'darwin';
  return [
    ...(mac ? [{ role: 'appMenu' } as const] : []),
    {
      label: '&File',
      submenu: [
        { label: 'Show &Data Folder', click: showDataFolder },
        { type: 'separator' },
        { role: mac ? 'close' : 'quit' },
      ],
    },
    { role: 'editMenu' },
    { role: 'viewMenu' },
    { role: 'windowMenu' },
    ...(mac ? [] : [{ role: 'help', submenu: [{ role: 'about' }] } as MenuItemConstructorOptions]),
  ];
}

export function setMenu(
  { app, Menu, shell }: Pick<ElectronApi, 'app' | 'Menu' | 'shell'>,
  platform: NodeJS.Platform,
  dataFolder: string,
): void {
  app.setAboutPanelOptions({
    applicationName: 'Curlew',
    applicationVersion: app.getVersion(),
    copyright: 'Apache License 2.0',
  });
  const template = menuTemplate(platform, () => void shell.openPath(dataFolder));
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
