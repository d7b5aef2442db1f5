/**
 * What electron-builder makes of the build. Signing is by its own variables where they are set (CSC_LINK and
 * CSC_KEY_PASSWORD; APPLE_ID, APPLE_APP_SPECIFIC_PASSWORD and APPLE_TEAM_ID to notarize); without them nothing is signed.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../setup.mjs';

const here = 'main/shells/electron/package';
const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
/** Where installed labs look for newer ones: https://… */
const updates = process.env.CURLEW_UPDATES;

/** @type {import('electron-builder').Configuration} */
export default {
  appId: 'org.curlew.lab',
  productName: 'Curlew',
  directories: { output: 'build/package', buildResources: here },
  // the file set of the npm package, but for what starts it from a shell
  files: ['package.json', 'LICENSE', ...files.filter((one) => !one.endsWith('.mjs'))],
  // electron-builder lays native parts outside by itself: the system loads them, and reads no archive
  asar: true,
  npmRebuild: false,
  icon: `${here}/icon.png`,
  publish: updates ? { provider: 'generic', url: updates } : null,
  linux: {
    target: ['AppImage'],
    category: 'Science',
    synopsis: 'A desktop lab for acoustic-sensing deployments',
    extraResources: [{ from: `${here}/70-curlew-serial.rules`, to: '70-curlew-serial.rules' }],
  },
  mac: {
    target: ['dmg', 'zip'],
    category: 'public.app-category.developer-tools',
    hardenedRuntime: true,
    notarize: process.env.APPLE_TEAM_ID !== undefined,
  },
  win: { target: ['nsis'] },
  nsis: { oneClick: false, perMachine: false, allowToChangeInstallationDirectory: true },
};
