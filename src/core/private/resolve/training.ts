import { Capacity } from '../../capacity';
import { ComputeSpec } from '../../compute';
import { QualityGate } from '../../quality-gate';
import { TrainingSpec } from '../../training-pipeline';
import { Trigger } from '../../trigger';
import { requireKnown } from '../known-values';
import { Token } from '../tokens';
import { requireTrainingWords } from '../training-words';
import { refuse, requireInteger, requireMatch, requireRange, requireUnique, Speaker } from '../validation';

/** The intent, and the words for training that every cloud has. */
export interface TrainingInput extends TrainingSpec {
  readonly image?: object;
  /** Longest time of preparing, and of evaluating, in hours. */
  readonly maxProcessingHours?: number;
}

/** A training with every neutral choice made. */
export interface ResolvedTraining {
  readonly compute: ComputeSpec;
  readonly instanceCount: number;
  readonly capacity: Capacity;
  /** Folder of the raw store with the data set. */
  readonly datasetPrefix: string;
  readonly prepare: boolean;
  readonly hyperparameters: { readonly [name: string]: string };
  readonly qualityGates: QualityGate[];
  readonly maxRuntimeHours: number;
  readonly maxProcessingHours: number;
  readonly retries: number;
  readonly triggers: Trigger[];
}

/**
 * Fills every default and refuses what no cloud takes.
 *
 * @param mostProcessingHours longest time that the cloud gives a step that prepares or evaluates
 */
export function resolvedTraining(who: Speaker, input: TrainingInput, mostProcessingHours: number): ResolvedTraining {
  requireTrainingWords(who, input);
  const {
    capacity = Capacity.onDemand(),
    compute = {},
    hyperparameters = {},
    maxProcessingHours,
    maxRuntimeHours,
    retries,
  } = input;
  // Clouds count in seconds.
  requireKnown(who, { maxRuntimeHours, maxProcessingHours, 'capacity.maxWaitHours': capacity.maxWaitHours });
  requireInteger(who, 'compute.instanceCount', compute.instanceCount, 1, 1000);
  // Four weeks are the longest job on every cloud.
  requireRange(who, 'maxRuntimeHours', maxRuntimeHours, 0.1, 672);
  requireRange(who, 'maxProcessingHours', maxProcessingHours, 0.1, mostProcessingHours);
  requireInteger(who, 'retries', retries, 0, 5);
  for (const [name, value] of Object.entries(hyperparameters)) {
    requireMatch(
      who,
      'hyperparameters',
      name,
      /^[A-Za-z0-9_-]{1,64}$/,
      'named with letters, digits, _ and -, at most 64',
    );
    if (!Token.isUnresolved(value) && value.length > 1024) {
      refuse(who, `hyperparameters.${name}`, `${value.length} characters`, 'at most 1024 characters long');
    }
  }
  refuseRepeats(who, input);
  return {
    compute,
    instanceCount: compute.instanceCount ?? 1,
    capacity,
    datasetPrefix: datasetPrefixOf(input),
    prepare: input.prepare ?? false,
    hyperparameters,
    qualityGates: input.qualityGates ?? [],
    maxRuntimeHours: maxRuntimeHours ?? 24,
    maxProcessingHours: maxProcessingHours ?? 2,
    retries: retries ?? 2,
    triggers: input.triggers ?? [],
  };
}

/** Refuses what is said twice: objects that would start two runs, and a limit beside another on the same side. */
function refuseRepeats(who: Speaker, { qualityGates = [], triggers = [] }: TrainingInput): void {
  const prefixes = triggers.flatMap(({ dataPrefix }) => (dataPrefix === undefined ? [] : [dataPrefix]));
  requireUnique(who, 'triggers', prefixes);
  const limits = qualityGates.map(({ higherIsBetter, metric }) => `${metric} at ${higherIsBetter ? 'least' : 'most'}`);
  requireUnique(who, 'qualityGates', limits);
}

/** Folder of the raw store with the data set. */
export function datasetPrefixOf({ datasetPrefix }: Pick<TrainingSpec, 'datasetPrefix'>): string {
  return datasetPrefix ?? 'dataset/';
}

/**
 * Objects that start a run which does not read them. A file that only says that the data set is complete may be meant,
 * so it is no refusal.
 */
export function watchedInVain({
  triggers = [],
  datasetPrefix,
}: Pick<TrainingSpec, 'triggers' | 'datasetPrefix'>): string[] {
  const read = datasetPrefixOf({ datasetPrefix });
  return triggers.flatMap(({ dataPrefix }) =>
    dataPrefix === undefined || dataPrefix.startsWith(read) || read.startsWith(dataPrefix)
      ? []
      : [
        `triggers: objects below ${dataPrefix} start a run, which reads ${read} alone: watch a prefix in it, or set datasetPrefix, unless they only say that the data is complete`,
      ],
  );
}

/** Longest time of a spot job in hours, waiting for machines included. */
export function spotWaitHours(who: Speaker, { maxWaitHours }: Capacity, runtimeHours: number): number {
  const wait = maxWaitHours ?? 2 * runtimeHours;
  if (wait >= runtimeHours) return wait;
  return refuse(
    who,
    'capacity.maxWaitHours',
    wait,
    `at least maxRuntimeHours, which is ${runtimeHours}, because the wait includes the run`,
  );
}
