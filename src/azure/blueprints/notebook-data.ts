import { IConstruct } from 'constructs';
import { BlueprintProps } from './blueprint-props';
import { datasetPrefixOf } from '../../core/private/resolve/training';
import { speakerFor } from '../../core/private/validation';
import { IDataLake } from '../data-lake-props';
import { requireDatasetPrefix } from '../private/training/checks';
import { IWorkspace } from '../workspace-props';

/**
 * Lets notebooks write the data set that training reads: in the container of raw data alone, because pipelines write to
 * the other one.
 */
export function grantDataset(
  blueprint: IConstruct,
  { identities }: IWorkspace,
  data: IDataLake,
  { training }: BlueprintProps,
): void {
  const prefix = datasetPrefixOf(training ?? {});
  requireDatasetPrefix(speakerFor('blueprint', blueprint), 'training.datasetPrefix', prefix);
  for (const identity of identities) data.grantWriteRaw(identity, prefix);
}
