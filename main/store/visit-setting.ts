/** How long boards must have been away to be visited by themselves; a day until that is set otherwise. */
import type { VisitSetting } from '../contract/types.ts';
import type { Store } from './open-store.ts';

export interface VisitSettingStore {
  /** As it was last kept. */
  readonly setting: VisitSetting;
  /** Durable when it resolves. */
  change(setting: VisitSetting): Promise<void>;
}

const usual: VisitSetting = { awayHours: 24 };

export async function visitSetting(store: Store): Promise<VisitSettingStore> {
  const rows = await store.reading(async (connection) =>
    (await connection.runAndReadAll('SELECT away_hours FROM visit_setting')).getRowsJS(),
  );
  let setting = rows[0] === undefined ? usual : { awayHours: rows[0][0] as number | null };
  return {
    get setting() {
      return setting;
    },
    async change(wanted) {
      await store.transaction(async (connection) => {
        await connection.run('DELETE FROM visit_setting');
        await connection.run('INSERT INTO visit_setting VALUES ($1)', [wanted.awayHours]);
      });
      setting = wanted;
    },
  };
}
