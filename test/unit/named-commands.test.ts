/** Commands that sentences and READMEs tell a person to type: each is one of the command line. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { resources } from '../../main/resources.ts';
import { commands } from '../../main/shells/cli/commands.ts';

/** Sources and pages of text, tests left out: those name wrong commands on purpose. */
function* texts(): Generator<[string, string]> {
  yield ['README.md', readFileSync(join(resources.root, 'README.md'), 'utf8')];
  for (const room of ['main', 'renderer']) {
    for (const file of readdirSync(join(resources.root, room), { recursive: true, encoding: 'utf8' })) {
      if (!/\.(ts|vue|md)$/.test(file) || file.endsWith('.test.ts')) continue;
      yield [join(room, file), readFileSync(join(resources.root, room, file), 'utf8')];
    }
  }
}

it('every command that a sentence names can be typed', () => {
  const named = [...texts()].flatMap(([file, text]) =>
    [...text.matchAll(/[“`](?:npx )?curlew ([a-z]+(?: [a-z]+)*)(?![a-z]| …)/g)].map(([, words]) => ({
      file,
      words: words!,
    })),
  );
  const known = Object.keys(commands);
  // Further words are what a person puts in: “curlew password set operator”.
  const isKnown = (words: string) => known.some((one) => words === one || words.startsWith(`${one} `));
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter(({ words }) => !isKnown(words))).toEqual([]);
});
