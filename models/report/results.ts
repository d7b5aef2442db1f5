/**
 * What one evaluation of a bank found: the report, the CSV files and the page are made from this object alone.
 * Plain data, so that JSON carries it. A piece that was not examined is null, never 0; shares and scores are 0 … 1.
 */

/** Where a figure comes from, in the lab's words; a figure that is not there is null instead. */
export type FigureSource = 'measured' | 'counted' | 'modelled';

export interface Figure {
  readonly value: number;
  readonly source: FigureSource;
}

export interface Results {
  readonly format: 1;
  readonly title: string;
  readonly createdMs: number;
  /** Curlew's version. */
  readonly version: string;
  readonly dataSet: DataSetSummary;
  readonly protocol: Protocol;
  readonly encoder: EncoderSummary;
  /** In order of precision, the float reference last. */
  readonly experts: readonly ExpertResult[];
  /** The experts that the mixtures choose from, in the router's order: names of `experts`. */
  readonly bank: readonly string[];
  readonly mixtures: readonly MixtureResult[];
  readonly flips: FlipStudy | null;
  /** Where latency and energy come from; null: no board answered, every `cost` is null. */
  readonly board: BoardSummary | null;
  readonly carbon: CarbonAssumptions | null;
  /** All tests of the report: Holm's correction is over those with the same `family`. */
  readonly tests: readonly TestResult[];
  /** What else a reader must know, a sentence each; the report adds those it can tell from the figures. */
  readonly limits: readonly string[];
}

export interface DataSetSummary {
  readonly name: string;
  /** For a person: 'ESC-10 in the ESC-50 layout', 'folder per class', … */
  readonly layout: string;
  readonly licence: string | null;
  readonly classes: readonly string[];
  /** Clips used, by class; as long as `classes`. */
  readonly clipsPerClass: readonly number[];
  readonly clips: number;
  /** Recordings that the clips were cut from. */
  readonly sources: number;
  readonly seconds: number;
  readonly folds: readonly FoldSummary[];
  readonly problems: readonly DataProblem[];
}

export interface FoldSummary {
  readonly fold: number;
  readonly clips: number;
  readonly sources: number;
}

export interface DataProblem {
  /** What is wrong, for a person: 'Missing file', 'Clipped', 'Folds share a source', … */
  readonly what: string;
  readonly count: number;
  /** Files, labels or sources that it concerns; may be cut short, `count` tells how many there are. */
  readonly names: readonly string[];
  /** The clips were left out; false: they were used all the same. */
  readonly leftOut: boolean;
}

export interface Protocol {
  /** The folds are the data set's own; false: made here. */
  readonly officialFolds: boolean;
  /** No recording has clips on both sides of a split. */
  readonly sourcesApart: boolean;
  /** For a person: how the validation split inside the training folds was made. */
  readonly validation: string;
  readonly seed: number;
  /** Of the bootstrap, whole sources drawn again. */
  readonly resamples: number;
  /** Of every interval, such as 0.95. */
  readonly level: number;
  /** What gave the answers that accuracy is told of. */
  readonly answers: 'reference' | 'board';
}

export interface EncoderSummary {
  readonly name: string;
  readonly embeddingSize: number;
  readonly parameters: number | null;
  readonly imageBytes: Figure | null;
  readonly flashBytes: Figure | null;
  readonly ramBytes: Figure | null;
  /** For a fold's test an encoder was used that was not trained on that fold. */
  readonly heldOut: boolean;
  /** The encoder's own classifier, by fold; null where it was not trained here. */
  readonly folds: readonly { readonly fold: number; readonly float: number; readonly int8: number }[] | null;
}

/** How an expert's weights are made smaller. */
export type ExpertFamily = 'float' | 'bitlinear' | 'ternary' | 'ternary-activations' | 'ptq';

export interface ExpertResult {
  /** Unique among experts and mixtures: tests name models by it. */
  readonly name: string;
  readonly family: ExpertFamily;
  /** Bits of a hidden weight: 1 … 32, ternary 1.58 (log2 3). */
  readonly bits: number;
  /** Settings worth telling, for a person: 'percentile 99.9', 'hidden 640, 320'; may be empty. */
  readonly detail: string;
  readonly parameters: number;
  readonly imageBytes: Figure | null;
  readonly flashBytes: Figure | null;
  readonly ramBytes: Figure | null;
  readonly scores: ModelScores;
  readonly cost: Cost | null;
  readonly losses: readonly LossCurve[];
  readonly agreement: AgreementSummary | null;
}

/** Largest differences over the windows compared; see models/evaluation/agreement.ts. */
export interface AgreementSummary {
  readonly windows: number;
  /** Board against quantized reference, relative. */
  readonly implementation: number;
  /** Quantized against float reference, relative. */
  readonly quantization: number;
  /** Windows where board and quantized reference give the same class. */
  readonly sameTopClass: number;
}

export type MixtureKind = 'plain' | 'curiosity' | 'random' | 'always';

export interface MixtureResult {
  /** Unique among experts and mixtures. */
  readonly name: string;
  readonly kind: MixtureKind;
  /** Of curiosity; null for the other kinds (the plain router has alpha 0). */
  readonly alpha: number | null;
  /** Passes of Monte-Carlo dropout; 0 without. */
  readonly passes: number;
  /** Share of the routings that fell to each expert of the bank, in its order. */
  readonly usage: readonly number[];
  /** Mean bits of the expert that answered. */
  readonly meanBits: number;
  readonly scores: ModelScores;
  readonly cost: Cost | null;
  /** Of the router; empty where it was not trained for this mixture. */
  readonly losses: readonly LossCurve[];
}

export interface ModelScores {
  readonly clips: number;
  readonly accuracy: Score;
  readonly macroF1: Score;
  readonly weightedF1: Score;
  /** Rows true classes, columns answers; clips of all folds. */
  readonly confusion: readonly (readonly number[])[];
  readonly roc: RocResult;
  readonly calibration: CalibrationResult;
  /** Side by side: max-softmax always, curiosity where a router has it. */
  readonly uncertainty: readonly UncertaintyResult[];
}

/** A value with a percentile interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface Score {
  readonly folds: readonly (Estimate & { readonly fold: number; readonly clips: number })[];
  /** Over the folds. */
  readonly mean: number;
  /** Sample standard deviation over the folds; null with one fold. */
  readonly deviation: number | null;
  /** Over the clips of all folds together. */
  readonly pooled: Estimate;
}

/** A point [false positive rate, true positive rate]. */
export type RocPoint = readonly [number, number];

export interface RocResult {
  /** One against the rest; in the order of the classes. */
  readonly classes: readonly RocCurve[];
  /** Mean of the classes' curves. */
  readonly macro: RocCurve;
}

export interface RocCurve {
  /** Area under the curve; null where a class has no clips or nothing but clips. */
  readonly auc: number | null;
  readonly points: readonly RocPoint[];
}

export interface CalibrationScores {
  /** Expected calibration error over bins of equal width. */
  readonly ece: number;
  /** Mean over clips of the squared distance to the true class: 0 … 2. */
  readonly brier: number;
  /** Mean negative log-likelihood, nats. */
  readonly nll: number;
  readonly bins: readonly ReliabilityBin[];
}

/** Clips whose top probability lies in (low, high]; confidence and accuracy are null in an empty bin. */
export interface ReliabilityBin {
  readonly low: number;
  readonly high: number;
  readonly clips: number;
  readonly confidence: number | null;
  readonly accuracy: number | null;
}

export interface CalibrationResult {
  readonly plain: CalibrationScores;
  /** After temperature scaling, fitted on each fold's validation clips; null where it was not fitted. */
  readonly scaled: {
    readonly temperatures: readonly { readonly fold: number; readonly temperature: number }[];
    readonly scores: CalibrationScores;
  } | null;
}

export type UncertaintyKind = 'max-softmax' | 'curiosity';

/** How well an uncertainty tells wrong answers from right ones. */
export interface UncertaintyResult {
  /** 'max-softmax' stands for 1 − the top probability. */
  readonly kind: UncertaintyKind;
  /** Probability that a wrong answer is more uncertain than a right one; null where all are right or all wrong. */
  readonly auroc: number | null;
  readonly aurc: number;
  readonly augrc: number;
  readonly curve: readonly RiskPoint[];
  readonly histogram: Histogram;
}

/** When the most certain `coverage` of the clips is answered. */
export interface RiskPoint {
  readonly coverage: number;
  /** Share of errors among the answered. */
  readonly risk: number;
  /** Share of errors among all: risk times coverage. */
  readonly generalizedRisk: number;
}

/** Counts between neighbouring edges; one edge more than counts. */
export interface Histogram {
  readonly edges: readonly number[];
  readonly right: readonly number[];
  readonly wrong: readonly number[];
}

/** Per inference, on the report's board. */
export interface Cost {
  /** Every inference, microseconds, in the order they ran. */
  readonly latencyUs: readonly number[];
  readonly latencySource: FigureSource;
  /** Mean microseconds of each stage; null where the board does not tell them apart. */
  readonly stagesUs: {
    readonly features: number;
    readonly encoder: number;
    readonly router: number;
    readonly expert: number;
  } | null;
  /** Mean over the inferences, encoder and front end included. */
  readonly millijoule: Figure | null;
}

export interface BoardSummary {
  readonly name: string;
  /** 'virtual', 'mps2-an386', … */
  readonly kind: string;
  readonly profile: string;
  /** No hardware behind it. */
  readonly simulated: boolean;
}

export interface LossCurve {
  readonly fold: number;
  /** One value an epoch. */
  readonly training: readonly number[];
  readonly validation: readonly number[];
}

/** Share of clips whose expert differs between repeated draws, against the number of passes. */
export interface FlipStudy {
  readonly alpha: number;
  /** Repetitions of each clip. */
  readonly draws: number;
  readonly clips: number;
  readonly points: readonly { readonly passes: number; readonly rate: number }[];
}

export interface CarbonAssumptions {
  readonly gramsPerKwh: number;
  /** Where the intensity is from: a grid and a year, or who set it. */
  readonly origin: string;
  /** Of everything in this report; null where it was not timed. */
  readonly training: { readonly seconds: Figure; readonly watts: number } | null;
}

export type TestKind =
  'mcnemar' | 'clustered-bootstrap' | 'paired-t' | 'wilcoxon' | 'brown-forsythe' | 'tost';

export type Measure = 'accuracy' | 'macro-f1' | 'weighted-f1' | 'latency' | 'energy';

/** Null hypothesis: no difference between a and b; of 'tost': they differ by `margin` or more. */
export interface TestResult {
  readonly test: TestKind;
  /** Names of models; differences are a − b. */
  readonly a: string;
  readonly b: string;
  readonly measure: Measure;
  /** What was counted as one observation, and how many there were (of each, where not paired). */
  readonly unit: 'clip' | 'fold' | 'inference';
  readonly n: number;
  /** Of the sources drawn in a clustered bootstrap. */
  readonly clusters: number | null;
  /** For a person: 'exact binomial', 'normal approximation with tie and continuity correction', … */
  readonly method: string;
  readonly statistic: number | null;
  /** a − b in the measure's own unit; of 'brown-forsythe' the ratio of the standard deviations, a / b. */
  readonly effect: number | null;
  readonly interval: { readonly low: number; readonly high: number; readonly level: number } | null;
  /** In the measure's own unit; of 'tost' alone. */
  readonly margin: number | null;
  readonly p: number;
  /** After Holm's correction within the family. */
  readonly adjusted: number;
  readonly family: string;
}
