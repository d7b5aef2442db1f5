/** The lint rules that hold the house together, tried on code that breaks them. */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { describe, expect, it } from 'vitest';
import { resources } from '../../main/resources.ts';

// The real configuration, less the rules that would have to type-check the whole tree first.
const eslint = new ESLint({ cwd: resources.root, overrideConfig: tseslint.configs.disableTypeChecked });

/** @returns the rules that object, in order */
async function objections(file: string, code: string): Promise<(string | null)[]> {
  const [result] = await eslint.lintText(code, { filePath: `${resources.root}/${file}` });
  return (result?.messages ?? []).map(({ ruleId }) => ruleId);
}

const used = (source: string): string => `import { thing } from '${source}';\nexport const it = thing;\n`;
const asType = (source: string): string =>
  `import type { Thing } from '${source}';\nexport type It = Thing;\n`;

describe('the arrows between the rooms', () => {
  it.each([
    ['renderer/views/probe.ts', '../../main/lab.ts'],
    ['renderer/views/probe.ts', '../../main/fleet/fleet.ts'],
    ['renderer/views/probe.ts', '../../devices/protocol/smp.ts'],
    ['renderer/views/probe.ts', '../../preload/bridge.ts'],
    ['renderer/views/probe.ts', 'node:fs'],
    ['renderer/views/probe.ts', 'electron'],
    ['devices/drivers/probe.ts', '../../models/packing/pack.ts'],
    ['devices/drivers/probe.ts', '../../main/store/open-store.ts'],
    ['devices/drivers/probe.ts', '../../main/contract/types.ts'],
    ['devices/drivers/probe.ts', '../../renderer/main.ts'],
    ['devices/drivers/probe.ts', 'electron'],
    ['devices/protocol/probe.ts', 'node:net'],
    ['devices/protocol/probe.ts', '../drivers/serial-port.ts'],
    ['models/features/probe.ts', '../../devices/drivers/port.ts'],
    ['models/features/probe.ts', '../../main/contract/types.ts'],
    ['models/features/probe.ts', 'node:fs/promises'],
    ['main/fleet/probe.ts', '../shells/page.ts'],
    ['main/fleet/probe.ts', '../../renderer/main.ts'],
    ['main/fleet/probe.ts', '../../test/fixtures/random-expert.ts'],
    ['main/fleet/probe.ts', 'electron'],
    ['main/contract/probe.ts', '../lab.ts'],
    ['main/contract/probe.ts', '../../models/packing/read.ts'],
    ['main/contract/probe.ts', 'node:path'],
    ['main/fleet/contract/probe.ts', '../fleet.ts'],
    ['main/keys/contract.ts', './keys.ts'],
    ['main/keys/contract.ts', 'node:path'],
    ['main/shells/probe.ts', '../../devices/drivers/port.ts'],
    ['main/shells/probe.ts', '../../renderer/main.ts'],
    ['main/shells/web/probe.ts', 'electron'],
    ['main/shells/electron/probe.ts', 'electron'],
    ['preload/probe.ts', '../main/lab.ts'],
    ['preload/probe.ts', 'node:fs'],
  ])('%s may not import %s', async (file, source) => {
    expect(await objections(file, used(source))).toEqual(['curlew/rooms']);
  });

  it.each([
    ['renderer/views/probe.ts', '../../main/contract/types.ts'],
    ['renderer/views/probe.ts', '../../models/features/log-mel.ts'],
    ['renderer/views/probe.ts', '../../main/keys/contract.ts'],
    ['renderer/stores/probe.ts', '../test/mount.ts'],
    ['main/fleet/contract/probe.ts', '../../jobs/contract.ts'],
    ['main/contract/probe.ts', '../fleet/contract/boards.ts'],
    ['devices/drivers/probe.ts', '../../main/contract/error.ts'],
    ['devices/drivers/probe.ts', '../../main/contract/figures.ts'],
    ['devices/drivers/probe.ts', '../protocol/smp.ts'],
    ['models/features/probe.ts', '../../main/contract/error.ts'],
    ['main/fleet/probe.ts', '../../devices/drivers/port.ts'],
    ['main/fleet/probe.ts', '../../models/packing/read.ts'],
    ['main/fleet/probe.ts', 'node:fs'],
    ['main/shells/web/probe.ts', '../../lab.ts'],
    ['main/shells/electron/index.ts', 'electron'],
    ['preload/index.ts', 'electron'],
    ['main/fleet/probe.test.ts', '../../test/fixtures/random-expert.ts'],
  ])('%s may import %s', async (file, source) => {
    expect(await objections(file, used(source))).toEqual([]);
  });

  it.each([
    ['a type', asType('../../devices/drivers/port.ts')],
    ['an export', "export { thing } from '../../devices/drivers/port.ts';\n"],
    ['everything', "export * from '../../devices/drivers/port.ts';\n"],
    ['a later import', "export const it = () => import('../../devices/drivers/port.ts');\n"],
    ['a type in passing', "export type It = import('../../devices/drivers/port.ts').Port;\n"],
  ])('hold for %s too', async (_what, code) => {
    expect(await objections('renderer/views/probe.ts', code)).toEqual(['curlew/rooms']);
  });

  it('hold in components', async () => {
    const component = `<script setup lang="ts">\n${used('../../main/lab.ts')}</script>\n`;
    expect(await objections('renderer/views/ProbeView.vue', component)).toContain('curlew/rooms');
  });

  it("let Electron's types, not Electron, into the shell's files, and no type into the services", async () => {
    expect(await objections('main/shells/electron/probe.ts', asType('electron'))).toEqual([]);
    expect(await objections('main/fleet/probe.ts', asType('electron'))).toEqual(['curlew/rooms']);
  });
});

describe('code from text and markup from text', () => {
  it.each([
    ['eval', "export const it = eval('1');\n", 'no-eval'],
    ['a function from text', "export const it = new Function('return 1');\n", 'no-new-func'],
    ['markup from text', "document.body.innerHTML = '<b>';\n", 'no-restricted-syntax'],
  ])('%s is refused', async (_what, code, rule) => {
    expect(await objections('renderer/app/probe.ts', code)).toContain(rule);
  });

  it('v-html is refused', async () => {
    const component = '<script setup lang="ts"></script>\n<template><p v-html="1" /></template>\n';
    expect(await objections('renderer/views/ProbeView.vue', component)).toContain('vue/no-v-html');
  });
});

describe("the firmware's modules", () => {
  const firmware = join(resources.root, 'devices', 'firmware');

  /** A header and the source of its name are one module; what either includes it depends on. */
  function modules(): Map<string, Set<string>> {
    const graph = new Map<string, Set<string>>();
    for (const file of readdirSync(firmware, { recursive: true, encoding: 'utf8' })) {
      if (!/\.[ch]$/.test(file)) continue;
      const module = file.slice(0, -2);
      const uses = graph.get(module) ?? new Set();
      for (const [, header] of readFileSync(join(firmware, file), 'utf8').matchAll(
        /^#include "(.+)\.h"$/gm,
      )) {
        const used = join(dirname(file), header as string);
        if (used !== module && existsSync(join(firmware, `${used}.h`))) uses.add(used);
      }
      graph.set(module, uses);
    }
    return graph;
  }

  /** @returns the modules of the first circle that is found, or null */
  function circle(graph: ReadonlyMap<string, ReadonlySet<string>>): string[] | null {
    const done = new Set<string>();
    const walk = (module: string, path: string[]): string[] | null => {
      if (path.includes(module)) return [...path.slice(path.indexOf(module)), module];
      if (done.has(module)) return null;
      for (const used of graph.get(module) ?? []) {
        const found = walk(used, [...path, module]);
        if (found) return found;
      }
      done.add(module);
      return null;
    };
    for (const module of graph.keys()) {
      const found = walk(module, []);
      if (found) return found;
    }
    return null;
  }

  it('include each other in no circle', () => {
    const graph = modules();
    expect(graph.get('core/curlew')).toContain('core/inference/inference');
    expect(circle(graph)).toBeNull();
  });

  it('would be found in a circle', () => {
    const graph = new Map([...modules(), ['core/board', new Set(['core/curlew'])]]);
    expect(circle(graph)).toEqual(expect.arrayContaining(['core/board', 'core/curlew']));
  });
});

describe('circles of imports', () => {
  /** @returns what the lint step prints of two files in a folder inside the tree, and its exit code */
  function lintOf(files: Record<string, string>): { status: number | null; text: string } {
    const builds = join(resources.root, 'build');
    mkdirSync(builds, { recursive: true });
    const folder = mkdtempSync(join(builds, 'circle-'));
    try {
      for (const [name, code] of Object.entries(files)) writeFileSync(join(folder, name), code);
      const words = ['--config', '.dependency-cruiser.json', '--exclude', '^out/', folder];
      const depcruise = join(resources.root, 'node_modules', '.bin', 'depcruise');
      const { status, stdout } = spawnSync(depcruise, words, { cwd: resources.root, encoding: 'utf8' });
      return { status, text: stdout };
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  it.each([
    ['values', { 'a.ts': "export * from './b.ts';\n", 'b.ts': "export * from './a.ts';\n" }],
    ['types alone', { 'a.ts': asType('./b.ts'), 'b.ts': asType('./a.ts') }],
    [
      'a component',
      {
        'a.ts': "export { default } from './b.vue';\n",
        'b.vue': `<script setup lang="ts">\n${asType('./a.ts')}</script>\n`,
      },
    ],
  ])('are refused, of %s', (_what, files) => {
    const { status, text } = lintOf(files);
    expect(text).toContain('no-circles');
    expect(status).not.toBe(0);
  });

  it('are not seen where there is none', () => {
    expect(lintOf({ 'a.ts': asType('./b.ts'), 'b.ts': 'export type Thing = 1;\n' }).status).toBe(0);
  });
});
