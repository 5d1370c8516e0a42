import { createHash } from 'crypto';
import { Construct } from 'constructs';
import { ResolvedModelCard } from '../../../core/private/resolve/governance';
import { Speaker } from '../../../core/private/validation';
import { CardSubject, modelCardJson, modelCardMarkdown } from '../../../terraform/model-card';
import { IDataLake } from '../../data-lake-props';
import { ManagedIdentity } from '../../managed-identity';
import { newWorkflow, Workflow } from '../base/workflow';
import { Actions } from '../base/workflow-actions';
import { attempt, insist, when } from '../base/workflow-control';
import { ex } from '../base/workflow-expressions';
import { declared } from '../base/workflow-recurrence';
import { storageRequest } from '../base/workflow-storage';

/** What a card is made of besides the words. */
export interface ModelCardOptions extends CardSubject {
  readonly data: IDataLake;
}

/**
 * The card as two blobs of the container of artifacts: JSON for machines and Markdown for people. The container keeps
 * older versions.
 *
 * A workflow writes them when the stack is deployed, so that the deployer needs no role for data and no way into the
 * lake's network, and looks once a day whether they are still what the stack says.
 */
export class ModelCard extends Construct {
  /**
   * Where the Markdown stands, `https://<account>.blob.core.windows.net/<container>/governance/<model>/model-card.md`.
   */
  public readonly uri: string;
  /** The workflow that writes it. */
  public readonly workflow: Workflow;

  constructor(scope: Construct, id: string, who: Speaker, card: ResolvedModelCard, options: ModelCardOptions) {
    super(scope, id);
    const { data, modelName } = options;
    // A lake may hold the cards of several models.
    const folder = `governance/${modelName}`;
    const address = `${data.blobEndpoint}/${data.artifactContainer}/${folder}`;
    const texts = { Json: modelCardJson(card, options), Markdown: modelCardMarkdown(card, options) };
    const identity = new ManagedIdentity(this, 'Identity');
    const hashes = Object.fromEntries(Object.entries(texts).map(([name, text]) => [name.toLowerCase(), hashOf(text)]));
    this.workflow = newWorkflow(this, 'Workflow', {
      description: `Writes the model card of ${modelName}`,
      trigger: declared(who, { model: modelName, ...hashes }),
      actions: {
        ...written('Json', `${address}/model-card.json`, 'application/json', texts.Json),
        ...written('Markdown', `${address}/model-card.md`, 'text/markdown', texts.Markdown),
      },
      errorCode: 'ModelCardFailed',
      runsAs: identity,
      needs: [data.grantWriteArtifacts(identity, `${folder}/`)],
    });
    this.uri = `${address}/model-card.md`;
  }
}

/** Writes a blob unless it is there already: each write would make a version that changes nothing. */
function written(name: string, url: string, contentType: string, content: string): Actions {
  const hash = hashOf(content);
  return {
    ...attempt(`${name}_look`, { [`${name}_seen`]: storageRequest('HEAD', url, {}) }),
    [`${name}_write`]: when(ex`not(equals(coalesce(outputs(${`${name}_seen`})?['headers']?['x-ms-meta-content'], ''), ${hash}))`, {
      ...insist(name, storageRequest('PUT', url, {
        headers: { 'x-ms-blob-type': 'BlockBlob', 'Content-Type': contentType, 'x-ms-meta-content': hash },
        body: content,
      })),
    }),
  };
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
