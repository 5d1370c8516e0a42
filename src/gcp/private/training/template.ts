import { PipelineStep } from './definition';
import { JobSetting } from './jobs';
import { Token } from '../../../core/private/tokens';
import { TrainingPipelineOptions } from '../../training-pipeline-props';

/** A run of a template. @see https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.pipelineJobs */
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
      ...(job.networkAttachment === undefined ? {} : { pscInterfaceConfig: { networkAttachment: job.networkAttachment } }),
    },
    parameters: {
      ...typedValues(options.parameters ?? {}),
      [options.runFolderParameter ?? 'run_folder']: `\${"gs://${job.artifactBucket}/" + folder}`,
      [options.datasetParameter ?? 'dataset_folder']: `\${"gs://${job.rawBucket}/" + dataset}`,
    },
    maxSeconds: Math.round((options.maxHours ?? 168) * 3600),
  };
}

/** Text as the runtime reads the text of other clouds: `'3'` is 3, `'0.1'` is 0.1, `'true'` is true, `'[1, 2]'` is a list; all else stays text. */
export function typedValues(texts: { readonly [name: string]: string }): { readonly [name: string]: unknown } {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, typed(text)]));
}

function typed(text: string): unknown {
  if (Token.isUnresolved(text)) return text;
  const words: { readonly [word: string]: unknown } = { True: true, False: false, None: null };
  if (text.trim() in words) return words[text.trim()];
  try {
    const value: unknown = JSON.parse(text);
    const isExact = typeof value !== 'number' || (Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value)));
    return isExact && typeof value !== 'string' ? value : typeof value === 'string' ? value : text;
  } catch {
    return text;
  }
}
