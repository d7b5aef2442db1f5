/** What comparisons of boards with the references found, in DuckDB. */
import { DOUBLE, FLOAT, LIST, type DuckDBAppender } from '@duckdb/node-api';
import type { ClipSaid, CompareStore, RunOf, RunTotals } from '../jobs/compare/compare-store.ts';
import type {
  ComparedBoard,
  ComparedClip,
  ComparedClipRow,
  ComparedWindow,
  StageSummary,
} from '../jobs/compare/contract/rows.ts';
import {
  comparedChecks,
  comparedStages,
  stageWords,
  type ComparedCheck,
  type ComparedRule,
  type ComparedStage,
  type StageFigures,
} from '../jobs/compare/contract/stages.ts';
import type { ClusterSums } from '../../models/evaluation/clustered-proportion.ts';
import type { Source } from '../contract/lab.ts';
import { writeComparison } from './compare-export.ts';
import type { Store } from './open-store.ts';

/** In the order of a stage's list. */
const figures = ['largest', 'at', 'relative', 'rmse', 'mae', 'l2', 'cosine'] as const;
const figure = (stage: ComparedStage, name: keyof StageFigures): string =>
  `${stage}[${figures.indexOf(name) + 1}]`;
const judged = (stage: ComparedStage): string => figure(stage, stageWords[stage].judged);

const ofRun = 'job_id = $1 AND board = $2 AND model = $3';
/** Windows of a run whose times and energies are looked at; more tell nothing that these do not. */
const mostFigures = 50_000;
const sides = ['board', 'quantized', 'float'] as const;

type Rows = Record<string, unknown>[];

export function compareStore(store: Store): CompareStore {
  const read = (sql: string, values: (string | number | null)[]): Promise<Rows> =>
    store.reading(async (connection) => (await connection.runAndReadAll(sql, values)).getRowObjectsJS());
  const run = ({ jobId, board, model }: RunOf) => [jobId, board, model];

  return {
    list: (jobId, clips) =>
      store.transaction(async (connection) => {
        const appender = await connection.createAppender('compare_clips');
        for (const one of clips) {
          appender.appendVarchar(jobId);
          appender.appendUInteger(one.clip);
          appender.appendVarchar(one.path);
          text(appender, one.label);
          appender.appendVarchar(one.source);
          text(appender, one.error);
          appender.endRow();
        }
        appender.closeSync();
      }),

    async clips(jobId) {
      const found = await read(
        'SELECT clip, path, label, source, error FROM compare_clips WHERE job_id = $1 ORDER BY clip',
        [jobId],
      );
      return found as unknown as ComparedClip[];
    },

    met: (jobId, board, about) =>
      store.deletion(async (connection) => {
        await connection.run('DELETE FROM compare_boards WHERE job_id = $1 AND board = $2', [jobId, board]);
        await connection.run('INSERT INTO compare_boards VALUES ($1, $2, $3)', [
          ...[jobId, board, JSON.stringify(about)],
        ]);
      }),

    async boards(jobId) {
      const found = await read(
        'SELECT board, record::VARCHAR AS record FROM compare_boards WHERE job_id = $1',
        [jobId],
      );
      return new Map(
        found.map(({ board, record }) => [board as number, JSON.parse(record as string) as ComparedBoard]),
      );
    },

    keep: (jobId, windows) =>
      store.transaction(async (connection) => {
        if (windows.length === 0) return;
        const appender = await connection.createAppender('compare_windows');
        for (const window of windows) append(appender, jobId, window);
        appender.closeSync();
      }),

    failed: (jobId, clip, message) =>
      store.transaction(async (connection) => {
        await connection.run('UPDATE compare_clips SET error = $3 WHERE job_id = $1 AND clip = $2', [
          ...[jobId, clip, message],
        ]);
      }),

    forget: (one, fromClip) =>
      store.deletion(async (connection) => {
        await connection.run(`DELETE FROM compare_windows WHERE ${ofRun} AND clip >= $4`, [
          ...[...run(one), fromClip],
        ]);
      }),

    async totals(one, rules) {
      const [found] = await read(`SELECT ${totalColumns} FROM compare_windows WHERE ${ofRun}`, run(one));
      const checked = await read(
        `SELECT ${checkColumns} FROM (SELECT ${passColumns(rules)} FROM compare_windows WHERE ${ofRun} GROUP BY clip)`,
        run(one),
      );
      return found && (found['windows'] as number) > 0 ? totalsOf(found, checked[0]!) : null;
    },

    async worst(one, { by, skip, limit }) {
      const worst = comparedStages.map((stage) => `max(${judged(stage)}) AS "${stage}"`).join(', ');
      const found = await read(
        `SELECT w.board, w.model, w.clip, c.path, c.label, w.windows, w."firstOff", ${comparedStages.map((s) => `w."${s}"`).join(', ')}
         FROM (SELECT board, model, clip, count(*)::DOUBLE AS windows, ${worst},
             arg_min(first_off, list_position(${stageList}, first_off)) AS "firstOff"
           FROM compare_windows WHERE ${ofRun} GROUP BY ALL) w
         JOIN compare_clips c ON c.job_id = $1 AND c.clip = w.clip
         ORDER BY w."${by}" DESC NULLS LAST, w.clip LIMIT $4 OFFSET $5`,
        [...run(one), limit, skip],
      );
      return found.map(clipRowOf);
    },

    async said(one, clips) {
      const which = clips === null ? '' : `AND clip IN (${clips.map(Number).join(', ') || 'NULL'})`;
      const found = await read(saidSql(which), run(one));
      return found as unknown as ClipSaid[];
    },

    async figures(one) {
      const [counted] = await read(
        `SELECT count(*)::DOUBLE AS n FROM compare_windows WHERE ${ofRun}`,
        run(one),
      );
      const every = Math.max(1, Math.ceil((counted!['n'] as number) / mostFigures));
      // Columns, not rows: there may be many.
      const columns = await store.reading(async (connection) =>
        (
          await connection.runAndReadAll(
            `SELECT clip * 65536.0 + place AS at, ordinal::DOUBLE, features_us, encoder_us, router_us, expert_us, energy_nj,
               latency_source, energy_source
             FROM (SELECT *, row_number() OVER (ORDER BY clip, place) AS row FROM compare_windows WHERE ${ofRun})
             WHERE row % ${every} = 0 ORDER BY clip, place`,
            run(one),
          )
        ).getColumnsJS(),
      );
      const numbers = (column: number): Float64Array =>
        Float64Array.from((columns[column] ?? []) as number[]);
      const [source, energySource] = [columns[7]?.[0], columns[8]?.[0]] as (Source | undefined)[];
      if (source === undefined || energySource === undefined) return null;
      return {
        ...{ board: one.board, model: one.model, at: numbers(0), ordinal: numbers(1) },
        stages: { features: numbers(2), encoder: numbers(3), router: numbers(4), expert: numbers(5) },
        ...{ latencySource: source, nanojoule: numbers(6), energySource },
      };
    },

    async windows(one, clip) {
      const found = await read(`SELECT * FROM compare_windows WHERE ${ofRun} AND clip = $4 ORDER BY place`, [
        ...run(one),
        clip,
      ]);
      return found.map(windowOf);
    },

    write: (jobId, names, format, file) =>
      writeComparison(store, jobId, names, format, file, new AbortController().signal),

    async count(jobId) {
      const [found] = await read(
        'SELECT count(*)::DOUBLE AS windows FROM compare_windows WHERE job_id = $1',
        [jobId],
      );
      return found!['windows'] as number;
    },

    remove: (jobId) =>
      store.deletion(async (connection) => {
        for (const table of ['compare_windows', 'compare_boards', 'compare_clips'])
          await connection.run(`DELETE FROM ${table} WHERE job_id = $1`, [jobId]);
      }),
  };
}

/** A clip's score is the mean of its windows' probabilities, as everywhere; the class with the largest is what it says. */
const saidSql = (which: string): string => {
  const powers = sides.map(
    (side) => `list_transform(${side}_logits, x -> exp(x - list_max(${side}_logits))) AS ${side}_powers`,
  );
  const shares = sides.map(
    (side) => `unnest(list_transform(${side}_powers, x -> x / list_sum(${side}_powers))) AS "${side}"`,
  );
  const sums = sides.map((side) => `sum("${side}") AS "${side}"`);
  const best = sides.map((side) => `arg_max(class, "${side}")::DOUBLE AS "${side}"`);
  return `WITH powers AS (SELECT clip, ${powers.join(', ')} FROM compare_windows WHERE ${ofRun} ${which}),
    shares AS (SELECT clip, generate_subscripts(board_powers, 1) - 1 AS class, ${shares.join(', ')} FROM powers),
    sums AS (SELECT clip, class, ${sums.join(', ')} FROM shares GROUP BY ALL)
    SELECT clip, ${best.join(', ')} FROM sums GROUP BY clip ORDER BY clip`;
};

const stageList = `[${comparedStages.map((stage) => `'${stage}'`).join(', ')}]`;

const totalColumns = [
  ...['count(*)::DOUBLE AS windows', 'count(DISTINCT clip)::DOUBLE AS clips'],
  ...sides.map((side) => `avg(${side}_curiosity) AS "${side}Curiosity"`),
  ...(['quantized', 'float'] as const).map(
    (side) => `count(*) FILTER (board_expert = ${side}_expert)::DOUBLE AS "${side}Choice"`,
  ),
  ...comparedStages.flatMap((stage) => {
    const of = (name: keyof StageFigures): string => figure(stage, name);
    const columns: Record<keyof StageSummary, string> = {
      windows: `count(${stage})::DOUBLE`,
      rmse: `sqrt(avg(${of('rmse')} * ${of('rmse')}))`,
      mae: `avg(${of('mae')})`,
      l2Median: `median(${of('l2')})`,
      cosineLeast: `min(${of('cosine')})`,
      relativeMedian: `median(${of('relative')})`,
      relativeLargest: `max(${of('relative')})`,
      largest: `max(${of('largest')})`,
      at: `arg_max(${of('at')}, ${of('largest')})`,
      clip: `arg_max(clip, ${of('largest')})`,
      window: `arg_max(place, ${of('largest')})`,
    };
    return Object.entries(columns).map(([name, sql]) => `${sql} AS "${stage} ${name}"`);
  }),
].join(', ');

/** Of a clip: windows of which it can be said whether they pass, and those that do. */
const passColumns = (rules: readonly ComparedRule[]): string => {
  const limitOf = (stage: ComparedStage): number | null =>
    rules.find(({ check }) => check === stage)?.limit ?? null;
  const ofChoice = { class: 'same_class', choice: 'same_choice', 'heard-class': 'same_heard' };
  const passes: [ComparedCheck, string][] = [
    // A bound that nobody set holds whatever there is; NaN is more than any number in DuckDB.
    ...comparedStages.map((stage): [ComparedCheck, string] => [
      stage,
      `${judged(stage)} <= ${limitOf(stage) ?? "'inf'::DOUBLE"}`,
    ]),
    ...(Object.entries(ofChoice) as [ComparedCheck, string][]),
  ];
  return passes
    .map(
      ([check, is]) =>
        `count(${is})::DOUBLE AS "${check} n", (count(*) FILTER (${is}))::DOUBLE AS "${check} x"`,
    )
    .join(', ');
};

const checkColumns = comparedChecks
  .flatMap((check) => {
    const [n, x] = [`"${check} n"`, `"${check} x"`];
    const sums: Record<keyof ClusterSums, string> = {
      clusters: `(count(*) FILTER (${n} > 0))::DOUBLE`,
      ...{ trials: `sum(${n})`, successes: `sum(${x})` },
      ...{
        trialsSquared: `sum(${n} * ${n})`,
        successesSquared: `sum(${x} * ${x})`,
        product: `sum(${n} * ${x})`,
      },
    };
    return Object.entries(sums).map(([name, sql]) => `${sql} AS "${check} ${name}"`);
  })
  .join(', ');

/** What is called so in a row, and how. */
const named = (row: Record<string, unknown>, name: string): unknown =>
  Object.fromEntries(
    Object.entries(row)
      .filter(([key]) => key.startsWith(`${name} `))
      .map(([key, value]) => [key.slice(name.length + 1), value]),
  );

function totalsOf(found: Record<string, unknown>, checked: Record<string, unknown>): RunTotals {
  const number = (name: string): number => found[name] as number;
  const stage = (name: ComparedStage): StageSummary | null => {
    return number(`${name} windows`) === 0 ? null : (named(found, name) as StageSummary);
  };
  return {
    ...{ clips: number('clips'), windows: number('windows') },
    stages: Object.fromEntries(comparedStages.map((name) => [name, stage(name)])) as RunTotals['stages'],
    checked: Object.fromEntries(
      comparedChecks.map((check) => [check, named(checked, check) as ClusterSums]),
    ) as RunTotals['checked'],
    curiosity: {
      ...{ board: number('boardCuriosity'), quantized: number('quantizedCuriosity') },
      float: number('floatCuriosity'),
    },
    sameChoice: { quantized: number('quantizedChoice'), float: number('floatChoice') },
  };
}

function clipRowOf(found: Record<string, unknown>): Omit<ComparedClipRow, 'said'> {
  const { board, model, clip, path, label, windows, firstOff } = found as unknown as ComparedClipRow;
  const worst = Object.fromEntries(comparedStages.map((stage) => [stage, found[stage]]));
  return { board, model, clip, path, label, windows, firstOff, worst: worst as ComparedClipRow['worst'] };
}

const text = (appender: DuckDBAppender, value: string | null): void =>
  value === null ? appender.appendNull() : appender.appendVarchar(value);
const doubles = LIST(DOUBLE);
const floats = LIST(FLOAT);

function append(appender: DuckDBAppender, jobId: string, one: ComparedWindow): void {
  const flag = (value: boolean | null): void =>
    value === null ? appender.appendNull() : appender.appendBoolean(value);
  appender.appendVarchar(jobId);
  appender.appendUTinyInt(one.board);
  appender.appendUTinyInt(one.model);
  appender.appendUInteger(one.clip);
  appender.appendUSmallInt(one.window);
  appender.appendDouble(one.startS);
  appender.appendUInteger(one.ordinal);
  appender.appendUInteger(one.inferenceId);
  appender.appendUInteger(one.sequence);
  for (const side of sides) appender.appendUTinyInt(one.places[side]);
  for (const side of sides) appender.appendDouble(one.curiosity[side]);
  for (const side of sides) appender.appendDouble(one.score[side]);
  for (const side of sides) appender.appendList(one.logits[side], floats);
  if (one.stagesRan === null) appender.appendNull();
  else appender.appendUTinyInt(one.stagesRan);
  for (const us of one.latencyUs) appender.appendDouble(us);
  appender.appendVarchar(one.latencySource);
  appender.appendDouble(one.energyNanojoule);
  appender.appendVarchar(one.energySource);
  for (const stage of comparedStages) {
    const error = one.errors[stage];
    if (error === null) appender.appendNull();
    else
      appender.appendList(
        figures.map((name) => error[name]),
        doubles,
      );
  }
  flag(one.sameHeard);
  flag(one.sameClass);
  flag(one.sameChoice);
  text(appender, one.firstOff);
  appender.endRow();
}

function windowOf(row: Record<string, unknown>): ComparedWindow {
  const onAll = <T>(what: string) => ({
    board: row[`board_${what}`] as T,
    quantized: row[`quantized_${what}`] as T,
    float: row[`float_${what}`] as T,
  });
  const errors = comparedStages.map((stage) => {
    const list = row[stage] as number[] | null;
    return [stage, list && Object.fromEntries(figures.map((name, i) => [name, list[i]]))];
  });
  return {
    ...{ board: row['board'], model: row['model'], clip: row['clip'], window: row['place'] },
    ...{ startS: row['start_s'], ordinal: row['ordinal'], inferenceId: row['inference_id'] },
    sequence: row['sequence'],
    places: onAll<number>('expert'),
    curiosity: onAll<number>('curiosity'),
    score: onAll<number>('score'),
    logits: onAll<number[]>('logits'),
    stagesRan: row['stages_ran'],
    latencyUs: [row['features_us'], row['encoder_us'], row['router_us'], row['expert_us']],
    ...{ latencySource: row['latency_source'], energyNanojoule: row['energy_nj'] },
    energySource: row['energy_source'],
    errors: Object.fromEntries(errors) as ComparedWindow['errors'],
    ...{ sameHeard: row['same_heard'], sameClass: row['same_class'], sameChoice: row['same_choice'] },
    firstOff: row['first_off'],
  } as ComparedWindow;
}
