/** Alerts from end to end: a board's alert goes up, is seen to in the window, and clears; messages of it arrive. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resources } from '../../main/resources.ts';
import { visit, type Visit } from './browser.ts';
import { removeFolder, startLab, temporaryFolder, until, type LabProcess } from './lab-process.ts';

const cli = join(resources.root, 'out', 'main', 'cli.js');
let folder: string;
let lab: LabProcess;
let seen: Visit;
let server: Server;
let hook: string;
const messages: { text: string; alerts: { what: string; boardName: string }[] }[] = [];

beforeAll(async () => {
  folder = await temporaryFolder();
  server = createServer((request, response) => {
    void (async () => {
      let body = '';
      for await (const piece of request) body += String(piece);
      messages.push(JSON.parse(body) as (typeof messages)[number]);
      response.end('heard');
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  hook = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  lab = await startLab(join(folder, 'data'));
  seen = await visit(lab.link);
  await seen.page.getByRole('row', { name: /virtual-1/ }).waitFor();
});
afterAll(async () => {
  await seen.browser.close();
  await lab.stop();
  server.close();
  await removeFolder(folder);
});

const curlew = (...words: string[]) =>
  spawnSync(process.execPath, [cli, ...words, '--data', join(folder, 'data')], { encoding: 'utf8' });

describe('an alert', () => {
  test('is told of to a webhook that was tested in the window first', async () => {
    const { page } = seen;
    await page.getByText('Desktop and webhook').click();
    await page.getByLabel('Webhook').fill(hook);
    await page.getByRole('button', { name: 'Test', exact: true }).click();
    await page.getByText('It was taken (200 OK): “heard”').waitFor();
    await page.getByRole('button', { name: 'Switch on' }).click();
    await page.getByRole('button', { name: 'Switch off' }).waitFor();
    expect(messages.map(({ alerts }) => alerts)).toEqual([[]]);
  });

  test('goes up once a rule says so, is counted in the heading, and acknowledged in the window', async () => {
    const { page } = seen;
    const nav = page.getByRole('navigation', { name: 'Views' });
    await page.locator('summary', { hasText: 'Rules' }).click();
    await page.getByRole('button', { name: 'Change the rule storage, all boards' }).click();
    // More than any board has.
    await page.getByRole('region', { name: 'Rules of alerts' }).getByLabel('at most').fill('90000000');
    await page.getByRole('button', { name: 'Keep the rule' }).click();
    const row = page
      .getByRole('region', { name: 'Alerts that are up' })
      .getByRole('row', { name: /virtual-1/ });
    await row.getByText('open').waitFor();
    await nav.getByText('1 open alert').waitFor();
    await until(() => messages.length === 2);
    expect(messages[1]).toMatchObject({
      text: expect.stringMatching(/^virtual-1 has \d+ kB free in its store\.$/),
      alerts: [{ what: 'raised', boardName: 'virtual-1' }],
    });
    await row.getByRole('button', { name: /^Acknowledge/ }).click();
    await row.getByText('acknowledged at the page').waitFor();
    await nav.getByText('1 open alert').waitFor({ state: 'detached' });
    const listed = curlew('alerts', 'list');
    expect([listed.status, listed.stderr]).toEqual([0, '']);
    expect(listed.stdout).toMatch(/acknowledged.*virtual-1 has \d+ kB free/);
  });

  test('clears, in the window and everywhere, once its rule is eased on the command line', async () => {
    const { page } = seen;
    expect(curlew('alerts', 'rules', 'storage', 'threshold=0', 'hysteresis=0').stdout).toContain(
      'free in its store at most 0 kB',
    );
    await page.getByText('No alert is up.').waitFor();
    await until(() => messages.length === 3);
    expect(messages[2]).toMatchObject({ alerts: [{ what: 'cleared', boardName: 'virtual-1' }] });
    expect(curlew('alerts', 'list', 'cleared').stdout).toContain('virtual-1 has');
    expect(curlew('alerts', 'acknowledge', 'nobody')).toMatchObject({ status: 2 });
    expect(curlew('alerts', 'test-webhook', 'http://127.0.0.1:1/')).toMatchObject({ status: 1 });
    expect(seen.complaints).toEqual([]);
  });
});
