/** `npm run picture`: the main job in the browser shell up to the comparison, and a picture of the window for the README. */
import { join } from 'node:path';
import { resources } from '../main/resources.ts';
import { visit } from './e2e/browser.ts';
import { ended, removeFolder, startLab, temporaryFolder } from './e2e/lab-process.ts';

const folder = await temporaryFolder();
const lab = await startLab(folder);
const [board] = await lab.client.request('boards.list', {});
const [expert] = await lab.client.request('experts.list', {});
if (!board || !expert) throw new Error('The lab has no board or no expert.');
await ended(lab.client, await lab.client.request('deploy.start', { boardId: board.id, expertId: expert.id }));
const { page, browser } = await visit(lab.link, 'dark');
await page.getByRole('heading', { name: 'Fleet' }).waitFor();
await page.keyboard.press('4');
await page.getByRole('button', { name: 'Play at virtual-1' }).click();
await page.getByRole('button', { name: 'Playing…' }).waitFor();
await page.getByRole('button', { name: 'Play at virtual-1' }).waitFor();
await page.getByText('the board computes what the quantized reference computes').waitFor();
await page.screenshot({ path: join(resources.root, 'renderer', 'window.png') });
await browser.close();
await lab.stop();
await removeFolder(folder);
process.exit(0);
