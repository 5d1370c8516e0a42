import { StorageBucketObject } from '@cdktf/provider-google/lib/storage-bucket-object';
import { Construct } from 'constructs';
import { ResolvedModelCard } from '../../../core/private/resolve/governance';
import { literal } from '../../../terraform/text';

/** What a card is made of besides the words. */
export interface ModelCardOptions {
  readonly bucket: string;
  /** Name that people read. */
  readonly modelName: string;
  /** Resource name of the model in the registry. */
  readonly model?: string;
}

/**
 * The card as two objects of the artifact bucket: JSON for machines, in the schema of Google's Model Card Toolkit, and Markdown for people.
 * Vertex AI has no resource for it; the bucket keeps older versions.
 *
 * @see https://github.com/tensorflow/model-card-toolkit/blob/main/model_card_toolkit/schema/v0.0.2/model_card.schema.json
 */
export class ModelCard extends Construct {
  /** Where the Markdown stands, `gs://<bucket>/governance/<model>/model-card.md`. */
  public readonly uri: string;

  constructor(scope: Construct, id: string, card: ResolvedModelCard, options: ModelCardOptions) {
    super(scope, id);
    // A lake may hold the cards of several models.
    const folder = `governance/${options.modelName}`;
    const object = (childId: string, name: string, contentType: string, content: string) => new StorageBucketObject(this, childId, {
      bucket: options.bucket, name, contentType, content: literal(content),
    });
    object('Json', `${folder}/model-card.json`, 'application/json', `${JSON.stringify(schema(card, options), undefined, 2)}\n`);
    object('Markdown', `${folder}/model-card.md`, 'text/markdown', markdown(card, options));
    this.uri = `gs://${options.bucket}/${folder}/model-card.md`;
  }
}

function schema({ intendedUse, owner, riskRating, limitations }: ResolvedModelCard, { modelName, model }: ModelCardOptions): object {
  return {
    schema_version: '0.0.2',
    model_details: {
      name: modelName,
      overview: intendedUse,
      owners: [{ name: owner }],
      ...(model === undefined ? {} : { references: [{ reference: model }] }),
    },
    considerations: {
      use_cases: [{ description: intendedUse }],
      ...(limitations === undefined ? {} : { limitations: [{ description: limitations }] }),
      ethical_considerations: [{ name: `Risk of a wrong answer: ${riskRating}` }],
    },
  };
}

function markdown({ intendedUse, owner, riskRating, limitations }: ResolvedModelCard, { modelName, model }: ModelCardOptions): string {
  return [
    `# Model card: ${modelName}`, '',
    '## What it is for', '', intendedUse, '',
    '## What it is not for, and where it fails', '', limitations ?? 'Not said.', '',
    '## Risk of a wrong answer', '', `${riskRating}`, '',
    '## Who answers for it', '', owner, '',
    ...(model === undefined ? [] : ['## Model', '', `\`${model}\``, '']),
  ].join('\n');
}
