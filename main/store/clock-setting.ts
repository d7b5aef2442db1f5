/** Whether the lab sets its boards' clocks; it does until it is told not to. */
import type { Store } from './open-store.ts';

export interface ClockSettingStore {
  /** As it was last kept. */
  readonly setsClocks: boolean;
  /** Durable when it resolves. */
  change(setsClocks: boolean): Promise<void>;
}

export async function clockSetting(store: Store): Promise<ClockSettingStore> {
  const rows = await store.reading(async (connection) =>
    (await connection.runAndReadAll('SELECT sets_clocks FROM clock_setting')).getRowsJS(),
  );
  let setsClocks = (rows[0]?.[0] as boolean | undefined) ?? true;
  return {
    get setsClocks() {
      return setsClocks;
    },
    async change(wanted) {
      await store.transaction(async (connection) => {
        await connection.run('DELETE FROM clock_setting');
        await connection.run('INSERT INTO clock_setting VALUES ($1)', [wanted]);
      });
      setsClocks = wanted;
    },
  };
}
