/** Electron's main process. The only file of `main` that imports Electron itself. */
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import * as electron from 'electron';
import { defaultDataFolder } from '../../data-folder.ts';
import { toCurlewError } from '../../contract/error.ts';
import { settleData } from '../../data/move.ts';
import { openLab } from '../../lab.ts';
import { resources } from '../../resources.ts';
import { startShell } from './shell.ts';

// Chromium's own switches stand among the words, so unknown ones are let pass.
const { values } = parseArgs({
  args: process.argv.slice(1),
  strict: false,
  options: { data: { type: 'string' }, folder: { type: 'string', multiple: true } },
});

const asked = typeof values.data === 'string' ? values.data : defaultDataFolder();
const problem = (sentence: string): void => electron.dialog.showErrorBox('Curlew’s data folder', sentence);
try {
  const dataFolder = await settleData(asked, problem);
  // Not awaited: Electron becomes ready only after this module has been evaluated.
  void startShell(electron, {
    dataFolder,
    folders: (values.folder ?? []).filter((one) => typeof one === 'string').map((one) => resolve(one)),
    pageFolder: resources.page,
    preload: join(resources.root, 'out', 'preload', 'index.cjs'),
    platform: process.platform,
    process,
    openLab,
  });
} catch (thrown) {
  problem(toCurlewError(thrown).message);
  electron.app.exit(1);
}
