import { PipelineStep } from './definition';
import { JobSetting } from './jobs';
import { typedValues } from '../../../core/private/typed-values';
import { TrainingPipelineOptions } from '../../training-pipeline-props';

/**
 * A run of a template.
 *
 * @see https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.pipelineJobs
 */
export function pipelineStep(
  job: JobSetting, { templateUri, options }: NonNullable<TrainingPipelineOptions['template']>,
): PipelineStep {
  return {
    body: {
      displayName: '${"train-" + run}',
      labels: { ...job.labels, run: '${run}' },
      templateUri,
      runtimeConfig: {
        gcsOutputDirectory: `\${"gs://${job.artifactBucket}/" + folder + "/pipeline"}`,
        parameterValues: '${parameters}',
      },
      serviceAccount: job.serviceAccount,
      encryptionSpec: { kmsKeyName: job.kmsKeyName },
      ...(job.network === undefined ? {} : { network: job.network }),
      ...(job.networkAttachment === undefined
        ? {}
        : { pscInterfaceConfig: { networkAttachment: job.networkAttachment } }),
    },
    parameters: {
      ...typedValues(options.parameters ?? {}),
      [options.runFolderParameter ?? 'run_folder']: `\${"gs://${job.artifactBucket}/" + folder}`,
      [options.datasetParameter ?? 'dataset_folder']: `\${"gs://${job.rawBucket}/" + dataset}`,
    },
    maxSeconds: Math.round((options.maxHours ?? 168) * 3600),
  };
}
