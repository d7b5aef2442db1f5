import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blocksOf, spansOf, type Block, type Span } from './markdown.ts';

const textOf = (spans: Span[]) => spans.map((span) => span.text).join('');
const spansIn = (block: Block): Span[] => {
  if (block.kind === 'list') return block.items.flat();
  if (block.kind === 'table') return [...block.head.flat(), ...block.rows.flat(2)];
  return block.kind === 'code' ? [] : block.spans;
};

describe('markdown of a model card', () => {
  it('reads headings, paragraphs, lists, tables and code', () => {
    const card =
      '# Card\nOne\ntwo\n\n- a\n  more\n- b\n\n1. x\n\n| k | v |\n|---|--:|\n| n | 3 |\n\n```\na | b\n```\n';
    expect(blocksOf(card).map((block) => block.kind)).toEqual([
      'heading',
      'paragraph',
      'list',
      'list',
      'table',
      'code',
    ]);
    const [heading, paragraph, list, numbers, table, code] = blocksOf(card);
    expect(heading).toMatchObject({ level: 1 });
    expect(paragraph?.kind === 'paragraph' && textOf(paragraph.spans)).toBe('One two');
    expect(list?.kind === 'list' && list.items.map(textOf)).toEqual(['a more', 'b']);
    expect(numbers).toMatchObject({ ordered: true });
    expect(table?.kind === 'table' && table.rows.map((row) => row.map(textOf))).toEqual([['n', '3']]);
    expect(code).toMatchObject({ text: 'a | b' });
  });

  it('reads emphasis, code and links inside a line', () => {
    expect(spansOf('a **b** `c*d` [e](https://f.org) _g_')).toEqual([
      { kind: 'text', text: 'a ' },
      { kind: 'strong', text: 'b' },
      { kind: 'text', text: ' ' },
      { kind: 'code', text: 'c*d' },
      { kind: 'text', text: ' ' },
      { kind: 'link', text: 'e', href: 'https://f.org' },
      { kind: 'text', text: ' ' },
      { kind: 'emphasis', text: 'g' },
    ]);
    expect(spansOf('file_name_here and 2*3*4')).toEqual([{ kind: 'text', text: 'file_name_here and 2*3*4' }]);
  });

  it('makes a link of nothing but an http address', () => {
    const cards = ['[x](javascript:alert(1))', '<img src=x onerror=alert(1)>', '[x](data:text/html,y)'];
    for (const card of cards) expect(spansOf(card).some((span) => span.kind === 'link')).toBe(false);
  });

  it('ends on any text and gives every link an http address', () => {
    const piece = fc.constantFrom(
      '#',
      '-',
      '|',
      '`',
      '```',
      '*',
      '_',
      '[a](',
      'http://b',
      ')',
      '<',
      '>',
      '\n',
      ' ',
      'w',
      '1.',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        for (const block of blocksOf(pieces.join(''))) {
          for (const span of spansIn(block)) {
            if (span.kind === 'link') expect(span.href).toMatch(/^https?:\/\//);
          }
        }
      }),
    );
  });
});
