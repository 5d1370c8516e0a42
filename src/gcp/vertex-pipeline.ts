import { VertexPipelineOptions } from './vertex-pipeline-props';
import { requireText, requireTexts } from '../core/private/texts';
import { requireMatch, requireRange } from '../core/private/validation';

/** A pipeline of Vertex AI, written with Kubeflow Pipelines, that makes the model instead of the image's verbs. */
export class VertexPipeline {
  /**
   * A compiled template in a repository of Artifact Registry with format KFP,
   * `https://<region>-kfp.pkg.dev/<project>/<repository>/<name>/<tag or digest>`: the registry has such a repository.
   *
   * @see https://cloud.google.com/vertex-ai/docs/pipelines/create-pipeline-template
   *
   * @example
   * import { gcp } from 'mlops-constructs';
   *
   * const pipeline = gcp.VertexPipeline.template('https://europe-west4-kfp.pkg.dev/my-project/pipelines/churn/v1', { parameters: { epochs: '10' } });
   */
  public static template(templateUri: string, options: VertexPipelineOptions = {}): VertexPipeline {
    const who = { what: 'pipeline template', name: templateUri };
    requireMatch(who, 'templateUri', templateUri, /^https:\/\/[a-z0-9-]+-kfp\.pkg\.dev\/[^/]+\/[^/]+\/[^/]+\/[^/]+$/,
      'https://<region>-kfp.pkg.dev/<project>/<repository>/<name>/<tag or digest>');
    requireText(who, 'templateUri', templateUri);
    requireTexts(who, options, { parameters: 'named texts?', runFolderParameter: 'text?', datasetParameter: 'text?' });
    for (const [prop, name] of Object.entries({
      runFolderParameter: options.runFolderParameter,
      datasetParameter: options.datasetParameter,
    })) {
      requireMatch(who, prop, name, /^[A-Za-z_][A-Za-z0-9_-]*$/, 'the name of a parameter');
    }
    requireRange(who, 'maxHours', options.maxHours, 0.1, 672);
    return new VertexPipeline(templateUri, options);
  }

  private constructor(
    /** Address of the template. */
    public readonly templateUri: string,
    /** Parameters of a run. */
    public readonly options: VertexPipelineOptions,
  ) {}
}
