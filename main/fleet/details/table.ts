/** Boards as a table: written for a spreadsheet, and read again. */
import * as v from 'valibot';
import { csvText, guardedText } from '../../../models/report/csv.ts';
import { CurlewError } from '../../contract/error.ts';
import type { Asker } from '../../contract/roles.ts';
import type { BoardGroup, DetailsChange, DetailsRead } from '../../contract/types.ts';
import { parseCsv } from '../../datasets/csv.ts';
import { detailsRequests } from '../contract/details.ts';
import { newGroup, type Details } from './details.ts';

const columns = ['board', 'name', 'site', 'latitude', 'longitude', 'group', 'tags', 'notes'] as const;
type Column = (typeof columns)[number];
/** Told beside, for a person; not read. */
const told = ['board says', 'kind'];

export function tableOf(details: Details): string {
  const rows = details.known().map((board) => {
    const { name, site, latitude, longitude, tags, notes } = details.of(board.id);
    const group = details.groupOf(board.id)?.name ?? '';
    return [board.id, name, site, latitude, longitude, group, tags.join(';'), notes, board.name, board.kind];
  });
  return csvText([[...columns, ...told], ...rows]);
}

/**
 * All of it or nothing.
 * @throws CurlewError REQUEST_INVALID with the row and what is wrong with it; those of the store
 */
export async function readTable(text: string, details: Details, by: Asker | null): Promise<DetailsRead> {
  const [head = ''] = text.split(/[\r\n]/, 1);
  const separator = [',', ';', '\t'].find((one) => head.includes(one)) ?? ',';
  const rows = parseCsv(text, separator);
  if (rows === null)
    throw wrong('It is no CSV: a quoted cell is not closed, or goes on after its closing quote.');
  const [titles, ...body] = rows;
  const places = placesOf(titles ?? []);
  const known = new Set(details.known().map(({ id }) => id));
  const groups = new Map(details.groups().map((group) => [group.name, group]));
  const made: BoardGroup[] = [];
  const groupId = (name: string): string => {
    const found = groups.get(name);
    if (found) return found.id;
    const group = newGroup(name);
    groups.set(name, group);
    made.push(group);
    return group.id;
  };
  const changes = new Map<string, DetailsChange>();
  for (const [index, row] of body.entries()) {
    const at = `Row ${index + 2}`;
    const cell = (column: Column): string | undefined => {
      const place = places.get(column);
      return place === undefined ? undefined : unguarded((row[place] ?? '').trim());
    };
    const boardId = cell('board')!;
    if (!known.has(boardId))
      throw wrong(`${at}: the lab knows no board with the serial number “${boardId}”.`);
    if (changes.has(boardId)) throw wrong(`${at}: the board ${boardId} stands in the table twice.`);
    const group = cell('group');
    const change: DetailsChange = {
      ...{ name: cell('name'), site: cell('site'), notes: cell('notes') },
      latitude: degrees(cell('latitude'), `${at}: the latitude`),
      longitude: degrees(cell('longitude'), `${at}: the longitude`),
      tags: cell('tags')
        ?.split(';')
        .map((tag) => tag.trim())
        .filter(Boolean),
      groupId: group === undefined ? undefined : group === '' ? null : groupId(group),
    };
    changes.set(boardId, checked(change, at));
  }
  const changed = await details.changeEach(changes, made, by);
  return { changed, same: changes.size - changed, groupsMade: made.map(({ name }) => name) };
}

function placesOf(titles: readonly string[]): Map<Column, number> {
  const places = new Map<Column, number>();
  for (const [place, title] of titles.entries()) {
    const column = title.trim().toLowerCase();
    if (told.includes(column) || column === '') continue;
    if (!isColumn(column)) {
      throw wrong(`There is no column “${title}”; those that are read are ${columns.join(', ')}.`);
    }
    if (places.has(column)) throw wrong(`The column “${column}” is there twice.`);
    places.set(column, place);
  }
  if (!places.has('board')) {
    throw wrong(
      'Its first row has no column “board”, of the boards’ serial numbers (“curlew fleet list” shows them).',
    );
  }
  return places;
}

const isColumn = (text: string): text is Column => (columns as readonly string[]).includes(text);

function degrees(text: string | undefined, what: string): number | null | undefined {
  if (text === undefined) return undefined;
  if (text === '') return null;
  const value = Number(text);
  if (Number.isFinite(value)) return value;
  throw wrong(`${what} is no number: “${text}” (write degrees with a point, south and west with −).`);
}

/** The contract's own rules for a change hold in a table too. */
function checked(change: DetailsChange, at: string): DetailsChange {
  const result = v.safeParse(detailsRequests['details.change'].params.entries.change, change);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw wrong(`${at}: ${v.getDotPath(issue) ?? ''} is not as it should be: ${issue.message}.`);
}

/** Text as it was before it was guarded for spreadsheets. */
const unguarded = (text: string): string =>
  text.startsWith("'") && guardedText(text.slice(1)) === text ? text.slice(1) : text;

const wrong = (sentence: string): CurlewError =>
  new CurlewError('REQUEST_INVALID', `The table of boards was not taken. ${sentence}`);
