/** The part of Markdown that model cards use, read into plain data; what it does not know stays text. */
export interface Span {
  kind: 'text' | 'code' | 'strong' | 'emphasis' | 'link';
  text: string;
  /** http(s) addresses only */
  href?: string;
}
export type Block =
  | { kind: 'heading'; level: number; spans: Span[] }
  | { kind: 'paragraph'; spans: Span[] }
  | { kind: 'list'; ordered: boolean; items: Span[][] }
  | { kind: 'table'; head: Span[][]; rows: Span[][][] }
  | { kind: 'code'; text: string };

const inline =
  /`([^`]+)`|\*\*([^*]+)\*\*|(?<![\w*])[*_]([^*_]+)[*_](?![\w*])|\[([^\]]+)\]\((https?:\/\/[^\s)]+)\)|<(https?:\/\/[^\s>]+)>/g;

export function spansOf(line: string): Span[] {
  const spans: Span[] = [];
  let end = 0;
  for (const match of line.matchAll(inline)) {
    if (match.index > end) spans.push({ kind: 'text', text: line.slice(end, match.index) });
    const [whole, code, strong, emphasis, label, href, bare] = match;
    if (code !== undefined) spans.push({ kind: 'code', text: code });
    else if (strong !== undefined) spans.push({ kind: 'strong', text: strong });
    else if (emphasis !== undefined) spans.push({ kind: 'emphasis', text: emphasis });
    else if (href !== undefined) spans.push({ kind: 'link', text: label ?? href, href });
    else if (bare !== undefined) spans.push({ kind: 'link', text: bare, href: bare });
    end = match.index + whole.length;
  }
  if (end < line.length) spans.push({ kind: 'text', text: line.slice(end) });
  return spans;
}

const item = /^\s*(?:[-*+]|(\d+)[.)])\s+(.*)$/;
const cells = (line: string) =>
  line
    .trim()
    .replace(/^\||\|$/g, '')
    .split('|')
    .map((cell) => spansOf(cell.trim()));
const startsBlock = (line: string) =>
  /^(#{1,6}\s|```|\s*\|)/.test(line) || item.test(line) || line.trim() === '';

export function blocksOf(text: string): Block[] {
  const lines = text.split(/\r?\n/);
  const blocks: Block[] = [];
  let at = 0;
  const take = (while_: (line: string) => boolean): string[] => {
    const from = at;
    while (at < lines.length && while_(lines[at]!)) at++;
    return lines.slice(from, at);
  };
  while (at < lines.length) {
    const line = lines[at]!;
    const heading = /^(#{1,6})\s+(.*?)\s*#*$/.exec(line);
    if (line.trim() === '') at++;
    else if (heading) {
      blocks.push({ kind: 'heading', level: heading[1]!.length, spans: spansOf(heading[2]!) });
      at++;
    } else if (line.startsWith('```')) {
      at++;
      blocks.push({ kind: 'code', text: take((one) => !one.startsWith('```')).join('\n') });
      at++;
    } else if (/^\s*\|/.test(line)) {
      const [head, ...rest] = take((one) => /^\s*\|/.test(one));
      const rows = rest.filter((row) => !/^[\s|:-]+$/.test(row));
      blocks.push({ kind: 'table', head: cells(head!), rows: rows.map(cells) });
    } else if (item.test(line)) {
      const ordered = item.exec(line)![1] !== undefined;
      const items: string[] = [];
      for (const one of take((next) => item.test(next) || /^\s+\S/.test(next))) {
        const found = item.exec(one);
        if (found) items.push(found[2]!);
        else items.push(`${items.pop() ?? ''} ${one.trim()}`);
      }
      blocks.push({ kind: 'list', ordered, items: items.map(spansOf) });
    } else {
      const first = lines[at++]!;
      const paragraph = [first, ...take((one) => !startsBlock(one))].map((one) => one.trim()).join(' ');
      blocks.push({ kind: 'paragraph', spans: spansOf(paragraph) });
    }
  }
  return blocks;
}
