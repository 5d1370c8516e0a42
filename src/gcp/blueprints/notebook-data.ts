import { IConstruct } from 'constructs';
import { BlueprintProps } from './blueprint-props';
import { datasetPrefixOf } from '../../core/private/resolve/training';
import { speakerFor } from '../../core/private/validation';
import { grantPlace } from '../../terraform/grants';
import { IDataLake } from '../data-lake-props';
import { grantObjects } from '../private/data/bucket-access';
import { requireDatasetPrefix } from '../private/training/checks';
import { IWorkspace } from '../workspace-props';

/**
 * Lets notebooks write the data set that training reads. In the raw bucket alone: a folder of the same name in the
 * other one may be what pipelines make, `training/` say.
 */
export function grantDataset(
  blueprint: IConstruct,
  { serviceAccounts }: IWorkspace,
  data: IDataLake,
  { training }: BlueprintProps,
): void {
  const prefix = datasetPrefixOf(training ?? {});
  requireDatasetPrefix(speakerFor('blueprint', blueprint), 'training.datasetPrefix', prefix);
  for (const account of serviceAccounts) {
    const { scope, id } = grantPlace(data, account, `write-${prefix}`);
    grantObjects(scope, `${id}-Raw`, {
      bucket: data.rawBucketName,
      prefix,
      role: 'objectUser',
      member: account.member,
    });
  }
}
