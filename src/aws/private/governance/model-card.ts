import { aws_sagemaker as sagemaker, RemovalPolicy } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ResolvedModelCard } from '../../../core/private/resolve/governance';
import { stableName } from '../base/names';

/** What a card is made of besides the words. */
export interface ModelCardOptions {
  readonly status: string;
  readonly keyArn: string;
  readonly removalPolicy: RemovalPolicy;
  /** Name of the model's group in the registry. */
  readonly modelName?: string;
}

/** The card; its words can change for ever, its name and key cannot. */
export function addModelCard(
  scope: Construct,
  id: string,
  card: ResolvedModelCard,
  options: ModelCardOptions,
): sagemaker.CfnModelCard {
  const resource = new sagemaker.CfnModelCard(scope, id, {
    modelCardName: stableName(scope, 'card', 63),
    modelCardStatus: options.status,
    securityConfig: { kmsKeyId: options.keyArn },
    content: {
      modelOverview: {
        modelOwner: card.owner,
        ...(options.modelName === undefined ? {} : { modelName: options.modelName }),
      },
      intendedUses: { purposeOfModel: card.intendedUse, riskRating: card.riskRating },
      ...(card.limitations === undefined
        ? {}
        : { additionalInformation: { caveatsAndRecommendations: card.limitations } }),
    },
  });
  resource.applyRemovalPolicy(options.removalPolicy);
  return resource;
}
