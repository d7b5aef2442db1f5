/** Which requests are for whom, held against the whole contract. */
import { describe, expect, it } from 'vitest';
import { requests, type RequestName } from '../../main/contract/requests.ts';
import type { Role } from '../../main/contract/roles.ts';
import { dispatch, type Handlers } from '../../main/dispatch.ts';
import { exchanges } from '../../main/shells/lab-stand-in.ts';

describe('a viewer', () => {
  const names = Object.keys(requests) as RequestName[];
  const ask = async (name: RequestName, role: Role) => {
    const asked: string[] = [];
    const all = Object.fromEntries(names.map((one) => [one, () => void asked.push(one)]));
    const message = { type: 'request', id: 1, name, params: exchanges[name][0] };
    return { reply: await dispatch(all as unknown as Handlers, message, role), asked };
  };

  it('is let through to what tells, and to nothing that changes anything or opens files', async () => {
    const permitted: string[] = [];
    for (const name of names) {
      const { reply, asked } = await ask(name, 'viewer');
      if (reply.ok) permitted.push(...asked);
      else {
        expect(reply.error.code).toBe('NOT_PERMITTED');
        expect(asked).toEqual([]);
      }
    }
    // Said once more, so that nothing gets here by a slip in a room's contract.
    expect(permitted.sort()).toEqual([
      'alerts.counts',
      'alerts.list',
      'alerts.rules',
      'battery.setting',
      'boards.chips',
      'boards.holdings',
      'boards.list',
      'boards.log',
      'boards.machines',
      'boards.settings',
      'classify.detections',
      'classify.files',
      'classify.provenance',
      'clips.audio',
      'clips.list',
      'clocks.setting',
      'compare.clips',
      'compare.get',
      'compare.report',
      'compare.statistics',
      'compare.windows',
      'data.look',
      'details.list',
      'details.table',
      'detections.classes',
      'detections.export',
      'detections.list',
      'detections.provenance',
      'detections.timeline',
      'detections.windows',
      'evaluate.bytes',
      'evaluate.file',
      'experts.bankUse',
      'experts.encoders',
      'experts.file',
      'experts.list',
      'experts.routers',
      'fleet.drift',
      'fleet.microphones',
      'fleet.overview',
      'folders.list',
      'groups.list',
      'jobs.get',
      'jobs.holdings',
      'jobs.list',
      'keys.export',
      'keys.list',
      'lab.info',
      'lab.log',
      'models.list',
      'play.newest',
      'play.recordings',
      'play.windows',
      'ports.list',
      'power.capture',
      'power.captures',
      'power.devices',
      'power.energy',
      'power.envelope',
      'publish.prometheus',
      'publish.scrape',
      'reviews.applied',
      'reviews.get',
      'reviews.items',
      'reviews.list',
      'reviews.statistics',
      'rollouts.boards',
      'rollouts.get',
      'rollouts.list',
      'rollouts.log',
      'slots.list',
      'telemetry.classes',
      'telemetry.events',
      'telemetry.holds',
      'telemetry.levels',
      'telemetry.records',
      'telemetry.retention',
      'telemetry.series',
      'telemetry.summary',
      'telemetry.table',
      'tiny.record',
      'train.curves',
      'uncertain.counts',
      'uncertain.list',
      'uncertain.logMel',
      'visits.get',
      'visits.list',
      'visits.setting',
    ]);
  });

  it('is refused before their parameters are looked at', async () => {
    const message = { type: 'request', id: 1, name: 'files.browse', params: 'nonsense' };
    expect(await dispatch({} as Handlers, message, 'viewer')).toMatchObject({
      error: { code: 'NOT_PERMITTED', context: { name: 'files.browse' } },
    });
  });

  it.each(['local', 'owner'] as const)(
    'is less than one who is %s, who may ask for everything',
    async (role) => {
      for (const name of names) expect((await ask(name, role)).asked).toEqual([name]);
    },
  );

  it('is less than an operator over the network, who may not open other folders or move the lab’s data', async () => {
    const refused: string[] = [];
    for (const name of names) if (!(await ask(name, 'operator')).reply.ok) refused.push(name);
    expect(refused.sort()).toEqual(['data.move', 'data.stay', 'folders.add', 'folders.remove']);
  });
});
