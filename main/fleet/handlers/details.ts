/** What the lab does for requests about what a person said of boards. */
import type { HandlersOf } from '../../dispatch.ts';
import { exportName } from '../../export-name.ts';
import type { detailsRequests } from '../contract/details.ts';
import type { Details } from '../details/details.ts';
import { readTable, tableOf } from '../details/table.ts';

export function detailsHandlers(details: Details, wallMs: () => number): HandlersOf<typeof detailsRequests> {
  return {
    'details.list': () => details.list(),
    'groups.list': () => details.groups(),
    'details.change': ({ boardIds, change }, _role, by) => details.change(boardIds, change, by),
    'groups.save': (change) => details.saveGroup(change),
    'groups.remove': async ({ groupId }, _role, by) => (await details.removeGroup(groupId, by), null),
    'details.table': () => ({
      name: exportName(['boards'], wallMs(), '.csv'),
      mime: 'text/csv',
      text: tableOf(details),
    }),
    'details.read': ({ text }, _role, by) => readTable(text, details, by ?? null),
  };
}
