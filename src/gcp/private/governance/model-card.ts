import { StorageBucketObject } from '@cdktf/provider-google/lib/storage-bucket-object';
import { Construct } from 'constructs';
import { ResolvedModelCard } from '../../../core/private/resolve/governance';
import { CardSubject, modelCardJson, modelCardMarkdown } from '../../../terraform/model-card';
import { literal } from '../../../terraform/text';

/** What a card is made of besides the words. */
export interface ModelCardOptions extends CardSubject {
  readonly bucket: string;
}

/**
 * The card as two objects of the artifact bucket: JSON for machines and Markdown for people.
 * Vertex AI has no resource for it; the bucket keeps older versions.
 */
export class ModelCard extends Construct {
  /** Where the Markdown stands, `gs://<bucket>/governance/<model>/model-card.md`. */
  public readonly uri: string;

  constructor(scope: Construct, id: string, card: ResolvedModelCard, options: ModelCardOptions) {
    super(scope, id);
    // A lake may hold the cards of several models.
    const folder = `governance/${options.modelName}`;
    const object = (childId: string, name: string, contentType: string, content: string) =>
      new StorageBucketObject(this, childId, {
        bucket: options.bucket,
        name,
        contentType,
        content: literal(content),
      });
    object('Json', `${folder}/model-card.json`, 'application/json', modelCardJson(card, options));
    object('Markdown', `${folder}/model-card.md`, 'text/markdown', modelCardMarkdown(card, options));
    this.uri = `gs://${options.bucket}/${folder}/model-card.md`;
  }
}
