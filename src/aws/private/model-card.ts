import { aws_sagemaker as sagemaker, RemovalPolicy } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { stableName } from './names';
import { ModelCardSpec, RiskRating } from '../../core/governance-guardrails';
import { requireMatch, Speaker } from '../../core/private/validation';

/** What a card is made of besides the words. */
export interface ModelCardOptions {
  readonly status: string;
  readonly keyArn: string;
  readonly removalPolicy: RemovalPolicy;
  /** Name of the model's group in the registry. */
  readonly modelName?: string;
}

/** @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-cards.html#model-cards-json-schema */
const LONG = /^[\s\S]{1,2048}$/;
const SHORT = /^[\s\S]{1,1024}$/;

export function checkModelCard(who: Speaker, card: ModelCardSpec | undefined): void {
  if (card === undefined) return;
  requireMatch(who, 'modelCard.intendedUse', card.intendedUse, LONG, '1 to 2048 characters');
  requireMatch(who, 'modelCard.owner', card.owner, SHORT, '1 to 1024 characters');
  requireMatch(who, 'modelCard.limitations', card.limitations, LONG, '1 to 2048 characters');
}

/** The card; its words can change for ever, its name and key cannot. */
export function addModelCard(scope: Construct, id: string, card: ModelCardSpec, options: ModelCardOptions): sagemaker.CfnModelCard {
  const resource = new sagemaker.CfnModelCard(scope, id, {
    modelCardName: stableName(scope, 'card', 63),
    modelCardStatus: options.status,
    securityConfig: { kmsKeyId: options.keyArn },
    content: {
      modelOverview: { modelOwner: card.owner, ...(options.modelName === undefined ? {} : { modelName: options.modelName }) },
      intendedUses: { purposeOfModel: card.intendedUse, riskRating: card.riskRating ?? RiskRating.UNKNOWN },
      ...(card.limitations === undefined ? {} : { additionalInformation: { caveatsAndRecommendations: card.limitations } }),
    },
  });
  resource.applyRemovalPolicy(options.removalPolicy);
  return resource;
}
