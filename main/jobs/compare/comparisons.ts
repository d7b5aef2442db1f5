/** Comparisons as a service: jobs, and what they have found so far. */
import { clusteredProportion } from '../../../models/evaluation/clustered-proportion.ts';
import { CurlewError } from '../../contract/error.ts';
import { count } from '../../contract/figures.ts';
import type { ExportFile, ExportFormat, Job, JobHoldings } from '../../contract/types.ts';
import { exportName } from '../../export-name.ts';
import { given } from '../../given.ts';
import { Outputs } from '../../outputs.ts';
import { few, type JobContext, type JobDefinition } from '../definition.ts';
import type { Jobs } from '../jobs.ts';
import { isFinished } from '../transitions.ts';
import { compare, type CompareRooms } from './compare-job.ts';
import type { RunOf, RunTotals } from './compare-store.ts';
import type { CompareResult } from './contract/results.ts';
import type {
  ComparedClip,
  ComparedClipRow,
  ComparedRun,
  ComparedWindow,
  Comparison,
} from './contract/rows.ts';
import { verdictOf, type CheckResult, type ComparedStage, type ComparedVerdict } from './contract/stages.ts';
import type { CompareStatistics } from './contract/statistics.ts';
import { Kept } from './kept.ts';
import type { Evidence } from './report.ts';
import { contestedModel, type Contested } from './models.ts';
import { mostPairs, type RunFigures } from './statistics.ts';
import { tradeOffsOf } from './trade-offs.ts';
import { defaultCompareParams, withUsual, type CompareParams } from './params.ts';

export interface ComparisonRooms extends CompareRooms {
  readonly jobs: Jobs;
  readonly version: string;
  /** Files and folders that nothing is written over. */
  readonly keep: readonly string[];
  /** @throws CurlewError where a comparison could not have this board */
  requireBoard(choice: string): void;
}

type Asked = Pick<CompareParams, 'boards' | 'models'> & {
  [K in keyof CompareParams]?: CompareParams[K] | undefined;
};

/** Clips whose windows a report shows. */
const mostEvidence = 40;
/** Sounds of them that are drawn, and how much of each, seconds: some 30 kB each. */
const mostDrawn = 12;
const drawnS = 20;

export class Comparisons {
  private readonly kept = new Kept<Comparison>();
  private readonly counted = new Kept<CompareStatistics>();

  /** Takes up the comparisons of earlier labs. */
  constructor(private readonly rooms: ComparisonRooms) {
    rooms.jobs.takeUp('compare', (params) => this.definition(params as CompareParams));
    rooms.jobs.keeps('compare', {
      holdings: (job) => this.holdings(job),
      remove: (jobId) => rooms.store.remove(jobId),
    });
  }

  /** @throws CurlewError EXPERT_NOT_FOUND; REQUEST_INVALID; those of a board that it could not have */
  async start(asked: Asked): Promise<Job> {
    const known = { ...defaultCompareParams, ...given(asked) };
    const params = { ...known, rules: withUsual(known.rules) };
    for (const names of [params.boards, params.models]) {
      const twice = names.find((name, i) => names.indexOf(name) !== i);
      // Two virtual boards are two; two of one attached board, or of one model, are a slip.
      if (twice !== undefined && (names === params.models || !/^(virtual|host|mps)/.test(twice)))
        throw new CurlewError('REQUEST_INVALID', `“${twice}” is named twice; name it once.`);
    }
    for (const id of params.models) await contestedModel(this.rooms.banks, id);
    for (const choice of params.boards) {
      if (choice === 'none')
        throw new CurlewError('REQUEST_INVALID', 'A comparison needs a board: “virtual” is always there.');
      this.rooms.requireBoard(choice);
    }
    return this.rooms.jobs.start(this.definition(params));
  }

  /** So far. @throws CurlewError JOB_NOT_FOUND; REQUEST_INVALID for another kind of job */
  get(jobId: string): Promise<Comparison> {
    const job = this.job(jobId);
    return this.kept.of(jobId, isFinished(job.state), () => this.look(jobId));
  }

  /** So far. @throws CurlewError as `get` */
  statistics(jobId: string): Promise<CompareStatistics> {
    const job = this.job(jobId);
    return this.counted.of(jobId, isFinished(job.state), () => this.count(jobId));
  }

  /** @throws CurlewError as `get`; REQUEST_INVALID for a run that it does not have */
  async clips(
    run: RunOf,
    page: { by: ComparedStage; skip: number; limit: number },
  ): Promise<ComparedClipRow[]> {
    const { told } = await this.modelOf(run);
    const rows = await this.rooms.store.worst(run, page);
    const said = new Map(
      (
        await this.rooms.store.said(
          run,
          rows.map(({ clip }) => clip),
        )
      ).map((one) => [one.clip, one]),
    );
    const name = (index: number | undefined): string => told.classes[index ?? -1] ?? '';
    return rows.map((row) => {
      const one = said.get(row.clip);
      return {
        ...row,
        said: { board: name(one?.board), quantized: name(one?.quantized), float: name(one?.float) },
      };
    });
  }

  /** @throws CurlewError as `clips` */
  async windows(run: RunOf, clip: number): Promise<ComparedWindow[]> {
    await this.modelOf(run);
    return this.rooms.store.windows(run, clip);
  }

  /**
   * As one page that opens without the lab.
   * @param drawn whether the sounds of findings are drawn in it
   * @throws CurlewError as `get`
   */
  async report(jobId: string, drawn: boolean): Promise<ExportFile> {
    const { title, createdMs } = this.job(jobId);
    const comparison = await this.get(jobId);
    const evidence: Evidence[] = [];
    for (const { board, model } of comparison.runs.slice(0, mostEvidence)) {
      const run = { jobId, board, model };
      const page = {
        by: 'answer' as const,
        skip: 0,
        limit: Math.ceil(mostEvidence / comparison.runs.length),
      };
      for (const row of await this.clips(run, page))
        evidence.push({ row, windows: await this.rooms.store.windows(run, row.clip), heard: null });
    }
    if (drawn) await this.draw(evidence);
    const statistics = await this.statistics(jobId);
    const { version, background } = this.rooms;
    const text = await background.run('compareReport', {
      ...{ title, createdMs, version, comparison, statistics, evidence },
    });
    return { name: exportName(['comparison'], createdMs, '.html'), mime: 'text/html', text };
  }

  /** The sounds of those that are off, else of the first; what is gone by now stays undrawn. */
  private async draw(evidence: readonly Evidence[]): Promise<void> {
    const off = evidence.filter(({ row }) => row.firstOff !== null);
    for (const one of (off.length > 0 ? off : evidence).slice(0, mostDrawn)) {
      const worst = one.windows.find(({ firstOff }) => firstOff !== null) ?? one.windows[0];
      const startS = Math.max(0, (worst?.startS ?? 0) - drawnS / 2);
      one.heard = await this.rooms.background
        .run('heardStretch', one.row.path, startS, drawnS)
        .catch(() => null);
    }
  }

  /** @throws CurlewError as `get`; of Outputs; STORE_FAILED */
  async write(
    jobId: string,
    { path, format, overwrite }: { path: string; format: ExportFormat; overwrite: boolean },
  ): Promise<{ path: string; rows: number }> {
    const names = await this.get(jobId);
    const output = await new Outputs({ overwrite, keep: this.rooms.keep }).file(path);
    const rows = await output.fill((beside) => this.rooms.store.write(jobId, names, format, beside));
    return { path, rows };
  }

  private job(jobId: string): Job {
    const job = this.rooms.jobs.get(jobId);
    if (job.kind === 'compare') return job;
    throw new CurlewError('REQUEST_INVALID', `“${job.title}” is no comparison.`, { jobId });
  }

  /** What it was asked for. @throws CurlewError as `get` */
  params(jobId: string): CompareParams {
    this.job(jobId);
    return this.rooms.jobs.params(jobId) as CompareParams;
  }

  private async modelOf({ jobId, board, model }: RunOf): Promise<Contested> {
    const { boards, models } = this.params(jobId);
    if (models[model] === undefined || boards[board] === undefined)
      throw new CurlewError('REQUEST_INVALID', 'This comparison has no such board or model.', { jobId });
    return contestedModel(this.rooms.banks, models[model]);
  }

  private async look(jobId: string): Promise<Comparison> {
    const { store, banks } = this.rooms;
    const params = this.params(jobId);
    const clips = await store.clips(jobId);
    const met = await store.boards(jobId);
    const models = await Promise.all(params.models.map(async (id) => (await contestedModel(banks, id)).told));
    const runs: ComparedRun[] = [];
    for (const [model, { classes, kind }] of models.entries())
      for (const board of params.boards.keys()) {
        const run = { jobId, board, model };
        const totals = await store.totals(run, params.rules);
        if (!totals) continue;
        runs.push({
          ...{ board, model, clips: totals.clips, windows: totals.windows, stages: totals.stages },
          checks: checksOf(params, totals),
          scores: await this.scores(run, clips, classes),
          curiosity: kind === 'expert' ? null : totals.curiosity,
          sameChoice: kind === 'expert' ? null : totals.sameChoice,
        });
      }
    const unmet = { name: null, kind: null, profile: null, simulated: null };
    return {
      jobId,
      boards: params.boards.map((choice, board) => met.get(board) ?? { choice, ...unmet }),
      models,
      clips: clips.length,
      labelled: clips.some(({ label }) => label !== null),
      failed: clips.flatMap(({ path, error }) => (error === null ? [] : [{ path, message: error }])),
      rules: [...params.rules],
      runs,
    };
  }

  private async count(jobId: string): Promise<CompareStatistics> {
    const { store, background } = this.rooms;
    const comparison = await this.get(jobId);
    const runs: RunFigures[] = [];
    for (const { board, model } of comparison.runs) {
      const found = await store.figures({ jobId, board, model });
      const { profile, choice } = comparison.boards[board]!;
      if (found) runs.push({ ...found, conditions: profile || choice });
    }
    const computed = await background.run('compareStatistics', runs, this.params(jobId).warmUp);
    return { jobId, ...computed, tradeOffs: tradeOffsOf(comparison, computed.figures), mostPairs };
  }

  /** Of clips whose labels are classes of the model; null where there are none. */
  private async scores(
    run: RunOf,
    clips: readonly ComparedClip[],
    classes: readonly string[],
  ): Promise<ComparedRun['scores']> {
    const known = (clip: number): number => classes.indexOf(clips[clip]?.label ?? '');
    if (!clips.some(({ clip }) => known(clip) >= 0)) return null;
    const said = (await this.rooms.store.said(run, null)).filter(({ clip }) => known(clip) >= 0);
    if (said.length === 0) return null;
    return this.rooms.background.run('scoreClips', {
      classes: classes.length,
      sources: said.map(({ clip }) => clips[clip]!.source),
      truth: Int32Array.from(said, ({ clip }) => known(clip)),
      said: {
        board: Int32Array.from(said, ({ board }) => board),
        quantized: Int32Array.from(said, ({ quantized }) => quantized),
        float: Int32Array.from(said, ({ float }) => float),
      },
    });
  }

  private definition(params: CompareParams): JobDefinition {
    const what = params.paths.length === 0 ? 'the bundled clips' : params.paths[0]!;
    const boards = params.boards.length === 1 ? params.boards[0]! : count(params.boards.length, 'board');
    return {
      kind: 'compare',
      title: `Compare ${boards} with the references on ${what}`,
      reads: few(params.paths.length === 0 ? [what] : params.paths),
      writes: ['what was found, in the lab’s store'],
      canPause: true,
      params,
      run: (context) => this.run(params, context),
    };
  }

  private async run(params: CompareParams, context: JobContext): Promise<CompareResult> {
    await compare(params, this.rooms, context);
    context.progress(0.999, 'summing up');
    const { runs, clips, failed } = await this.look(context.jobId);
    return {
      kind: 'compare',
      ...{ boards: params.boards.length, models: params.models.length, clips, failed },
      windows: runs.reduce((sum, { windows }) => sum + windows, 0),
      verdict: worstOf(runs.flatMap(({ checks }) => checks.map(({ verdict }) => verdict))),
    };
  }

  private async holdings({ id }: Job): Promise<JobHoldings> {
    const windows = await this.rooms.store.count(id);
    return {
      goes: windows > 0 ? [`what was found of ${count(windows, 'window')}`] : [],
      stays: ['the recordings, and what the boards recorded'],
      bytes: 0,
    };
  }
}

const order: readonly ComparedVerdict[] = ['fail', 'open', 'pass'];
const worstOf = (all: readonly ComparedVerdict[]): ComparedVerdict =>
  order.find((one) => all.includes(one)) ?? 'not judged';

const checksOf = ({ rules }: CompareParams, { checked }: RunTotals): CheckResult[] =>
  rules.map((rule) => {
    const { trials: windows, successes: passed } = checked[rule.check];
    const interval = windows === 0 ? null : clusteredProportion(checked[rule.check]);
    return {
      ...{ ...rule, windows, passed },
      low: interval?.low ?? null,
      high: interval?.high ?? null,
      verdict: verdictOf(rule, windows, passed, interval),
    };
  });
