import { ResolvedModelCard } from '../core/private/resolve/governance';

/** The model of a card. */
export interface CardSubject {
  /** Name that people read. */
  readonly modelName: string;
  /** Resource name or id of the model in the registry. */
  readonly model?: string;
}

/**
 * A card for machines, in the schema of the Model Card Toolkit.
 *
 * @see https://github.com/tensorflow/model-card-toolkit/blob/main/model_card_toolkit/schema/v0.0.2/model_card.schema.json
 */
export function modelCardJson(card: ResolvedModelCard, subject: CardSubject): string {
  return `${JSON.stringify(schema(card, subject), undefined, 2)}\n`;
}

/** A card for people. */
export function modelCardMarkdown(
  { intendedUse, owner, riskRating, limitations }: ResolvedModelCard,
  { modelName, model }: CardSubject,
): string {
  return [
    `# Model card: ${modelName}`,
    '',
    '## What it is for',
    '',
    intendedUse,
    '',
    '## What it is not for, and where it fails',
    '',
    limitations ?? 'Not said.',
    '',
    '## Risk of a wrong answer',
    '',
    `${riskRating}`,
    '',
    '## Who answers for it',
    '',
    owner,
    '',
    ...(model === undefined ? [] : ['## Model', '', `\`${model}\``, '']),
  ].join('\n');
}

function schema(
  { intendedUse, owner, riskRating, limitations }: ResolvedModelCard,
  { modelName, model }: CardSubject,
): object {
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
