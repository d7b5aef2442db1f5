/**
 * What one evaluation of a bank found: the report, the CSV files and the page are made from this object alone.
 * Plain data, so that JSON carries it. A piece that was not examined is null, never 0; shares and scores are 0 … 1.
 */

import type { NotRunOf, TestResult } from '../evaluation/test-result.ts';
import type { Estimate } from '../evaluation/bootstrap.ts';
import type { DegradationKind } from '../augmentation/degrade.ts';
import type { ModelScores, UncertaintyResult } from '../evaluation/scores.ts';

export type { Estimate } from '../evaluation/bootstrap.ts';
export type { CalibrationScores, ReliabilityBin } from '../evaluation/calibration.ts';
export type { Measure, NotRunOf, Test, TestKind, TestResult } from '../evaluation/test-result.ts';
export type { RocCurve, RocPoint, RocResult } from '../evaluation/roc.ts';
export type {
  CalibrationResult,
  Estimates,
  ModelScores,
  Score,
  UncertaintyKind,
  UncertaintyResult,
} from '../evaluation/scores.ts';
export type { SeedSpread } from '../evaluation/trainings.ts';
export type { Histogram, RiskPoint } from '../evaluation/uncertainty.ts';

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
  /** The words of the command that asks the same again, after `curlew`; of earlier labs none are. */
  readonly asked?: readonly string[];
  /** A bank that was there already, and was tested as it is; left out where every fold was trained without and tested with. */
  readonly tested?: TestedBank;
  readonly dataSet: DataSetSummary;
  /** Answers that lie beside these results (`answers.ts`); of earlier labs none do. */
  readonly answers?: {
    readonly clips: number;
    readonly windows: number;
    /** They lie there as Parquet too. */
    readonly parquet?: true;
    /** Those to harder clips lie there as well. */
    readonly hard?: true;
    /** What the stages of cascades said lies there. */
    readonly stages?: true;
  };
  readonly protocol: Protocol;
  readonly encoder: EncoderSummary;
  /** In order of precision, the float reference last. */
  readonly experts: readonly ExpertResult[];
  /** The experts that the mixtures choose from, in the router's order: names of `experts`. */
  readonly bank: readonly string[];
  readonly mixtures: readonly MixtureResult[];
  readonly flips: FlipStudy | null;
  /** Null where no harder sounds were answered; earlier labs had none. */
  readonly robustness?: Robustness | null;
  /** Null without the energy of single stages; earlier labs had none. */
  readonly tradeOff?: TradeOffs | null;
  /** Null where none was asked for, or no board told what its stages take; earlier labs had none. */
  readonly cascade?: CascadeSummary | null;
  /** Where latency and energy come from; null: no board answered, every `cost` is null. */
  readonly board: BoardSummary | null;
  readonly carbon: CarbonAssumptions | null;
  /** All tests of the report: Holm's correction is over those with the same `family`. */
  readonly tests: readonly TestResult[];
  /** Tests that could have shown nothing with these answers; results of earlier labs do not tell. */
  readonly notRun?: readonly NotRunOf[];
  /** What else a reader must know, a sentence each; the report adds those it can tell from the figures. */
  readonly limits: readonly string[];
}

export interface TestedBank {
  readonly bank: string;
  /** The data set of its experts; null where the bank does not list what they heard. */
  readonly trainedOn: string | null;
  /** That its experts were trained without; null: none. */
  readonly heldOutFold: number | null;
  /** Clips left out because the bank has heard them, and for labels that are none of its classes. */
  readonly heard: number;
  readonly otherLabels: number;
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
  /**
   * What stops training and sets temperatures and scales was heard by nothing before it, the encoder included; null
   * where nobody knows; results of earlier labs do not tell.
   */
  readonly nested?: boolean | null;
  readonly seed: number;
  /** That every fold was trained with; of earlier labs, and of a bank that is tested as it is, there is none but `seed`. */
  readonly seeds?: readonly number[];
  /** Of the bootstrap, whole sources drawn again. */
  readonly resamples: number;
  /** Of every interval, such as 0.95. */
  readonly level: number;
  /** What gave the answers that accuracy is told of. */
  readonly answers: 'reference' | 'board' | 'engine';
}

export interface EncoderSummary {
  readonly name: string;
  readonly embeddingSize: number;
  readonly parameters: number | null;
  readonly imageBytes: Figure | null;
  readonly flashBytes: Figure | null;
  readonly ramBytes: Figure | null;
  /** For a fold's test an encoder was used that was not trained on that fold; null: nobody knows. */
  readonly heldOut: boolean | null;
  /** The encoder's own classifier, on the folds that its training left out; null where there are none. */
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
  /** Share of the integer weights that are 0, mean over its trainings; null where none are integers; earlier labs do not tell. */
  readonly zeroWeights?: number | null;
  readonly imageBytes: Figure | null;
  readonly flashBytes: Figure | null;
  readonly ramBytes: Figure | null;
  readonly scores: ModelScores;
  readonly cost: Cost | null;
  /** That one training of it took, mean over the folds; null where it was not timed. */
  readonly trainingSeconds: Figure | null;
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

/** `whole`: an expert on an encoder of its own; `cascade`: several of them, of which each window takes what it needs. */
export type MixtureKind = 'plain' | 'curiosity' | 'random' | 'threshold' | 'always' | 'whole' | 'cascade';

export interface MixtureResult {
  /** Unique among experts and mixtures. */
  readonly name: string;
  readonly kind: MixtureKind;
  /** Of curiosity; null for the other kinds (the plain router has alpha 0). */
  readonly alpha: number | null;
  /** Passes of Monte-Carlo dropout; 0 without. */
  readonly passes: number;
  /** Share of the routings that fell to each expert of the bank, in its order; empty where none of them answers. */
  readonly usage: readonly number[];
  /** Mean bits of the expert that answered. */
  readonly meanBits: number;
  /** Of random routing; results of earlier labs have one deal alone. */
  readonly deals?: DealSpread;
  readonly scores: ModelScores;
  readonly cost: Cost | null;
  /** That one training of all that it consists of took, experts and router, mean over the folds. */
  readonly trainingSeconds: Figure | null;
  /** Of the router; empty where it was not trained for this mixture. */
  readonly losses: readonly LossCurve[];
}

export interface TradeOffs {
  readonly plain: TradeOff;
  /** Of all harder sounds together; null where there are none. */
  readonly hard: TradeOff | null;
}

/** What a window costs against what the answers are worth, by every way to decide which expert answers. */
export interface TradeOff {
  /** Of the energies. */
  readonly source: FigureSource;
  readonly curves: readonly {
    /** For a person: 'One expert', 'Threshold on top probability', … */
    readonly decision: string;
    /** In rising energy. */
    readonly points: readonly TradeOffPoint[];
  }[];
}

/** Intervals of all three draw the same sources. */
export interface TradeOffPoint {
  /** For a person: an alpha, a share of the windows, an expert's name. */
  readonly setting: string;
  /** Of an inference. */
  readonly millijoule: Estimate;
  readonly accuracy: Estimate;
  readonly weightedF1: Estimate;
}

/** Encoders of rising cost, each with an expert: a window goes on to the next where a decision says so. */
export interface CascadeSummary {
  /** Each in a bank of its own, in rising energy of an inference. */
  readonly stages: readonly { readonly name: string; readonly millijoule: number }[];
  /** Of weighted F1: what may be lost against the last stage alone. */
  readonly margin: number;
  /** As recorded every setting of every decision; of harder sounds the stages alone and the settings chosen. */
  readonly tradeOff: TradeOffs;
  readonly chosen: readonly ChosenCascade[];
}

/** The setting of a decision that held windows say takes least without losing more than the margin. */
export interface ChosenCascade {
  readonly decision: string;
  readonly setting: string;
  readonly plain: AgainstStage;
  readonly hard: AgainstStage | null;
}

/** Against the last stage alone. */
export interface AgainstStage {
  /** In weighted F1. */
  readonly difference: Estimate;
  /** Of its energy. */
  readonly energyShare: Estimate;
}

/** The same test clips made harder in several ways (models/augmentation/degrade.ts). */
export interface Robustness {
  readonly ways: readonly {
    /** For a person. */
    readonly name: string;
    readonly kind: DegradationKind;
    /** Decibels; of 'rate' hertz. */
    readonly value: number;
  }[];
  /** That were made harder in each way. */
  readonly clips: number;
  /** In the order of the experts and then the mixtures that answered. */
  readonly models: readonly HardScores[];
}

export interface HardScores {
  readonly name: string;
  /** One a way, in their order. */
  readonly ways: readonly { readonly accuracy: Estimate; readonly weightedF1: Estimate }[];
  /** Over all ways; null of an expert alone. */
  readonly meanBits: number | null;
  /** Means over all ways. */
  readonly scores: BareScores;
}

/** Scores without what is drawn of them. */
export interface BareScores extends Pick<ModelScores, 'accuracy' | 'macroF1' | 'weightedF1'> {
  readonly uncertainty: readonly Pick<UncertaintyResult, 'kind' | 'auroc' | 'aurc' | 'augrc' | 'estimates'>[];
}

/** Random routing dealt many times: the mean of the deals and the bounds that 95 % of them lie between. */
export interface DealSpread {
  readonly deals: number;
  readonly accuracy: Estimate;
  readonly weightedF1: Estimate;
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
  /** Earlier labs had one. */
  readonly seed?: number;
  /** One value an epoch. */
  readonly training: readonly number[];
  readonly validation: readonly number[];
}

/** Share of windows whose expert differs between repeated draws, against the number of passes. */
export interface FlipStudy {
  readonly alpha: number;
  /** Repetitions of each window. */
  readonly draws: number;
  readonly windows: number;
  readonly points: readonly { readonly passes: number; readonly rate: number }[];
}

export interface CarbonAssumptions {
  readonly gramsPerKwh: number;
  /** Where the intensity is from: a grid and a year, or who set it. */
  readonly origin: string;
  /** Of everything in this report, all models and folds; null where it was not timed. */
  readonly training: { readonly seconds: Figure; readonly watts: number } | null;
  /** That one training of the encoder took, mean over those that were used, which every model is charged with; null: nobody knows. */
  readonly encoderSeconds?: Figure | null;
}
