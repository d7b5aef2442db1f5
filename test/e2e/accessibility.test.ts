/** How the page looks and reads, in every view with long names in it: what axe-core finds, and what is cut off. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { visit, type Visit } from './browser.ts';
import { removeFolder, temporaryFolder, type LabProcess } from './lab-process.ts';
import { furnishedLab, views } from './views.ts';

let folder: string;
let lab: LabProcess;
let seen: Visit;
let axe: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  // The lab opens recordings of the person's home; here that is the test's folder.
  process.env['HOME'] = folder;
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  lab = await furnishedLab(folder);
  seen = await visit(lab.link);
  await seen.page.getByRole('heading', { name: 'Fleet' }).waitFor();
});
afterAll(async () => {
  await seen.browser.close();
  await lab.stop();
  await removeFolder(folder);
});

/** What axe-core objects to, of any impact: the rule and the elements that break it. */
async function objections(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const { violations } = (await page.evaluate('axe.run()')) as {
    violations: { id: string; impact: string; nodes: { html: string }[] }[];
  };
  return violations.flatMap(({ id, impact, nodes }) => nodes.map(({ html }) => `${impact} ${id}: ${html}`));
}

/** Elements wider than their place: where the page itself, or a region that one might not think to scroll, is cut off. */
const cutOff = (page: Page): Promise<string[]> =>
  page.evaluate(`
    [document.documentElement, ...document.querySelectorAll('main, .scroll')]
      .filter((one) => one.scrollWidth > one.clientWidth + 1)
      .map((one) => (one.getAttribute('aria-label') ?? one.tagName) + ': ' + one.scrollWidth + ' in ' + one.clientWidth)
  `);

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  beforeAll(async () => {
    await seen.page.emulateMedia({ colorScheme });
    await seen.page.setViewportSize({ width: 1360, height: 860 });
  });

  test.each(views)('axe-core finds nothing to object to in %s', async (_name, open) => {
    await open(seen.page);
    expect(await objections(seen.page)).toEqual([]);
  });
});

/** What scrolls up and down: the view as a whole, and lists and tables with a name of their own. */
const scrolling = (page: Page): Promise<string[]> =>
  page.evaluate(`
    [...document.querySelectorAll('*')]
      .filter((one) => one.clientHeight > 0 && one.scrollHeight > one.clientHeight + 1)
      .filter((one) => one === document.documentElement || /auto|scroll/.test(getComputedStyle(one).overflowY))
      .filter((one) => one.tagName !== 'MAIN' && !one.closest('[role="dialog"], [role="log"], .scroll[aria-label]'))
      .map((one) => one.tagName + ' ' + one.className)
  `);

/** What is not at its top; behind a dialog the view stays where it was opened. */
const scrolled = (page: Page): Promise<string[]> =>
  page.evaluate(`
    [...(document.querySelector('[role="dialog"]') ?? document).querySelectorAll('*')]
      .filter((one) => one.scrollTop > 0 || one.scrollLeft > 0)
      .map((one) => (one.getAttribute('aria-label') ?? one.tagName) + ' at ' + one.scrollTop)
  `);

/** Runs in the page. */
const inSight = `(id) => {
  const { top, bottom } = document.getElementById(id).getBoundingClientRect();
  return top >= 0 && bottom <= innerHeight;
}`;

describe.each([1024, 1360, 2560])('of %i pixels', (width) => {
  test.each(views)('%s begins at its top and has one scroll bar', async (name, open) => {
    const { page } = seen;
    await page.setViewportSize({ width, height: 860 });
    // Another view, left at its end.
    const before = name === 'a board' ? 'an evaluation' : 'a board';
    await views.find(([one]) => one === before)![1](page);
    await page.evaluate(`document.querySelector('main').scrollTo(0, 1e6)`);
    await open(page);
    if (name === 'a recording with its detections') {
      // It opens in the midst of the view in which it was chosen, and is in sight.
      await page.waitForFunction(inSight, 'file-title');
    } else expect(await scrolled(seen.page)).toEqual([]);
    expect(await scrolling(seen.page)).toEqual([]);
  });
});

describe.each([1360, 2560])('at a width of %i pixels', (width) => {
  test.each(views)('nothing is cut off in %s', async (_name, open) => {
    await seen.page.setViewportSize({ width, height: 860 });
    await open(seen.page);
    expect(await cutOff(seen.page)).toEqual([]);
  });
});

describe('at a width of 1024 pixels', () => {
  test.each(views)(
    'what is wider in %s can be scrolled by keys, the page itself is not',
    async (_name, open) => {
      await seen.page.setViewportSize({ width: 1024, height: 860 });
      await open(seen.page);
      const wide = await cutOff(seen.page);
      expect(wide.filter((one) => /^(HTML|MAIN)/.test(one))).toEqual([]);
      const unreachable = await seen.page.evaluate(
        `[...document.querySelectorAll('.scroll')]
          .filter((one) => one.scrollWidth > one.clientWidth + 1 && one.tabIndex < 0)
          .filter((one) => !one.querySelector('button, input')).length`,
      );
      expect(unreachable).toBe(0);
    },
  );
});

test('a list of detections is one stop of the Tab key, and arrows walk through it', async () => {
  const { page } = seen;
  await views.find(([name]) => name === 'a recording with its detections')![1](page);
  const region = page.getByRole('region', { name: 'Table of detections' });
  const buttons = region.getByRole('button');
  expect(await buttons.count()).toBeGreaterThan(2);
  const at = () => page.evaluate(`document.activeElement.closest('tr')?.rowIndex ?? null`);
  await buttons.first().focus();
  const went = [await at()];
  for (const key of ['ArrowDown', 'End', 'Home', 'ArrowDown']) {
    await page.keyboard.press(key);
    went.push(await at());
  }
  expect(went).toEqual([1, 2, await buttons.count(), 1, 2]);
  await page.keyboard.press('Enter');
  expect(await buttons.nth(1).getAttribute('aria-pressed')).toBe('true');
  await page.keyboard.press('Tab');
  expect(
    await page.evaluate(`document.activeElement.closest('[aria-label="Table of detections"]')`),
  ).toBeNull();
  await page.keyboard.press('Shift+Tab');
  expect(await at()).toBe(2);
});

test('made no complaint on the way', () => {
  expect(seen.complaints).toEqual([]);
});
