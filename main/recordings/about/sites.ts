/** Tables of sites: which recordings were made where. */
import { basename, dirname, isAbsolute, normalize, sep } from 'node:path';
import { CurlewError } from '../../contract/error.ts';
import { tableOf, type Column } from '../../datasets/table.ts';
import { readWhole } from '../../regular-file.ts';
import { sha256Of } from '../../sha256.ts';

export interface Site {
  site: string;
  /** Degrees; null where the table does not say. */
  latitude: number | null;
  longitude: number | null;
  /** Recordings of the site lie in a folder called so, or in folders called so one in the other, at any depth; null: in any. */
  folder: string | null;
  /** The names of their files begin so; null: in any way. */
  prefix: string | null;
}

const columns = {
  site: ['site', 'sitename', 'station', 'location'],
  latitude: ['latitude', 'lat'],
  longitude: ['longitude', 'lon', 'long', 'lng'],
  folder: ['folder', 'directory'],
  prefix: ['prefix', 'fileprefix', 'nameprefix'],
} as const;

/** Some ten thousand sites. */
const mostBytes = 1e6;

/** @throws CurlewError FILE_NOT_FOUND, FILE_UNREADABLE, FILE_TOO_LARGE, FILE_DAMAGED with the row that is at fault */
export async function readSites(path: string): Promise<{ sites: Site[]; sha256: string }> {
  const bytes = await readWhole(path, mostBytes, 'a table of sites');
  return { sites: sitesOf(path, bytes), sha256: sha256Of(bytes) };
}

/**
 * Columns are found by name: site; latitude and longitude, in degrees; folder or prefix, or both. A row with neither
 * names its folder or prefix by the site.
 * @throws CurlewError FILE_DAMAGED
 */
export function sitesOf(path: string, bytes: Uint8Array): Site[] {
  const table = tableOf(path, bytes);
  const damaged = (what: string) => new CurlewError('FILE_DAMAGED', `${path}: ${what}.`, { path });
  const column = (name: keyof typeof columns): Column => table.column(...columns[name]) ?? (() => '');
  if (table.column(...columns.site) === null) {
    throw damaged(
      'there is no column “site”; a table of sites has site, latitude, longitude, and folder or prefix',
    );
  }
  const cells = {
    site: column('site'),
    latitude: column('latitude'),
    longitude: column('longitude'),
    folder: column('folder'),
    prefix: column('prefix'),
  };
  const seen = new Map<string, number>();
  const sites = table.rows.flatMap((row, i): Site[] => {
    if (row.every((cell) => cell.trim() === '')) return [];
    const inRow = (what: string) => damaged(`row ${i + 2} ${what}`);
    const site = cells.site(row);
    if (site === '') throw inRow('names no site');
    const latitude = degrees(cells.latitude(row), 90);
    const longitude = degrees(cells.longitude(row), 180);
    if (Number.isNaN(latitude))
      throw inRow(`has “${cells.latitude(row)}”, which is no latitude from -90 to 90`);
    if (Number.isNaN(longitude)) {
      throw inRow(`has “${cells.longitude(row)}”, which is no longitude from -180 to 180`);
    }
    if ((latitude === null) !== (longitude === null)) throw inRow('has a latitude or a longitude alone');
    const folder = cells.folder(row) === '' ? null : cleaned(cells.folder(row));
    const prefix = cells.prefix(row) || null;
    const key = JSON.stringify([folder ?? (prefix === null ? site : null), prefix]);
    const before = seen.get(key);
    if (before !== undefined) throw inRow(`names the folder and prefix of row ${before} again`);
    seen.set(key, i + 2);
    const at = { site, latitude, longitude };
    if (folder !== null || prefix !== null) return [{ ...at, folder, prefix }];
    return [
      { ...at, folder: cleaned(site), prefix: null },
      { ...at, folder: null, prefix: site },
    ];
  });
  if (sites.length === 0) throw damaged('it has no row below its header');
  return sites;
}

/** The one that says most of the recording; of those that say as much, the first. */
export function siteOf(path: string, sites: readonly Site[]): Site | null {
  let found: Site | null = null;
  let most = 0;
  const folders = `${dirname(normalize(path))}${sep}`;
  const name = basename(path);
  for (const site of sites) {
    const { folder, prefix } = site;
    if (prefix !== null && !name.startsWith(prefix)) continue;
    if (folder !== null && !liesIn(folders, folder)) continue;
    const said = (folder?.length ?? 0) + (prefix?.length ?? 0);
    if (said <= most) continue;
    most = said;
    found = site;
  }
  return found;
}

/** @param folders of a recording, with a separator at the end */
const liesIn = (folders: string, folder: string): boolean =>
  isAbsolute(folder) ? folders.startsWith(`${folder}${sep}`) : folders.includes(`${sep}${folder}${sep}`);

/** As paths are written here, without a separator at the end. */
function cleaned(folder: string): string {
  const path = normalize(folder.replaceAll(/[\\/]/g, sep));
  return path.length > 1 && path.endsWith(sep) ? path.slice(0, -1) : path;
}

/** @returns null for nothing, NaN for what is no such number */
function degrees(text: string, most: number): number | null {
  if (text === '') return null;
  const value = /^[+-]?\d+([.,]\d*)?$/.test(text) ? Number(text.replace(',', '.')) : NaN;
  return Math.abs(value) <= most ? value : NaN;
}
