import { TerraformStack, TerraformVariable } from 'cdktf';
import { IConstruct } from 'constructs';
import {
  DeliveryInput,
  DeliveryStage,
  requireCommand,
  requireFolder,
  ResolvedDelivery,
  resolvedDelivery,
} from '../../core/private/resolve/delivery';
import { refuseBecause, requireMatch, Speaker } from '../../core/private/validation';
import { once } from '../once';

/** The words for a delivery that every Terraform cloud has. */
export interface TerraformDeliveryInput extends DeliveryInput {
  readonly terraformVersion?: string;
  readonly synthCommand?: string;
}

/** A delivery with every choice made that is not the cloud's. */
export interface TerraformDelivery extends ResolvedDelivery {
  readonly terraformVersion: string;
  /** Command that synthesizes into `cdktf.out`. */
  readonly synth: string;
}

/** Fills every default and refuses what no Terraform cloud takes. */
export function terraformDelivery(
  who: Speaker,
  stack: TerraformStack,
  input: TerraformDeliveryInput,
  workflowFile?: string,
): TerraformDelivery {
  requireMatch(
    who,
    'terraformVersion',
    input.terraformVersion,
    /^[~^]?\d+(\.\d+){1,2}$/,
    "a version like '~1.11' or '1.11.4'",
  );
  requireCommand(who, 'synthCommand', input.synthCommand);
  return {
    ...resolvedDelivery(who, input, { file: workflowFile, stack: stack.node.id }),
    terraformVersion: input.terraformVersion ?? '~1.11',
    synth: input.synthCommand ?? 'npx cdktf synth',
  };
}

/** The workload's image, as the user asks for it: a cloud's `DeliveryImageSpec`. */
export interface ImageInput {
  readonly directory: string;
  readonly dockerfile?: string;
  readonly imageName?: string;
  readonly variable?: string;
}

/** The workload's image, as the delivery builds it. */
export interface DeliveredImage {
  readonly directory: string;
  readonly dockerfile: string;
  /** The repository that it is pushed to. */
  readonly repositoryUri: string;
  /** Its name there. */
  readonly imageName: string;
  /** The stack's variable that gets its address by digest. */
  readonly variable: string;
}

/** The image with every choice made. */
export function deliveredImage(
  who: Speaker,
  image: ImageInput,
  registry: { readonly imageRepositoryUri: string; readonly modelName: string } | undefined,
): DeliveredImage {
  if (registry === undefined) {
    return refuseBecause(who, 'image is pushed to the repository of a registry: give registry as well');
  }
  requireFolder(who, 'image.directory', image.directory);
  requireFolder(who, 'image.dockerfile', image.dockerfile, 'a file inside the repository');
  requireMatch(
    who,
    'image.imageName',
    image.imageName,
    /^[a-z0-9][a-z0-9._-]*$/,
    'lower-case letters, digits, dots, hyphens and underscores',
  );
  requireMatch(who, 'image.variable', image.variable, /^[a-z_][a-z0-9_]*$/i, 'the name of a Terraform variable');
  return {
    directory: image.directory,
    dockerfile: image.dockerfile ?? (image.directory === '.' ? 'Dockerfile' : `${image.directory}/Dockerfile`),
    repositoryUri: registry.imageRepositoryUri,
    imageName: image.imageName ?? registry.modelName,
    variable: image.variable ?? 'image',
  };
}

/** The folder that synthesis fills. */
export const ASSEMBLY = 'cdktf.out';

/** Folder of the stack's configuration in what was synthesized. */
export function stackFolder(stack: TerraformStack): string {
  return `${ASSEMBLY}/stacks/${stack.node.id}`;
}

/** The stack's variables that have no value of their own, by name. Asked while synthesizing, when all are there. */
export function openVariables(scope: IConstruct): TerraformVariable[] {
  const all = TerraformStack.of(scope)
    .node.findAll()
    .filter((node): node is TerraformVariable => node instanceof TerraformVariable);
  return all
    .filter((each) => each.default === undefined)
    .sort((a, b) => (a.friendlyUniqueId < b.friendlyUniqueId ? -1 : 1));
}

/** The stack's variable for the stage that is applied. */
export const DELIVERY_STAGE = 'delivery_stage';

/**
 * Asks which stage is applied, where the same stack goes to every stage's place and only the apply knows which it is:
 * without it the place of the last stage would also let in the environment of the first, where no one approves.
 *
 * @param place the kind of place that a stage has to itself, `project`
 */
export function askForStage(stack: TerraformStack, stages: readonly DeliveryStage[], place: string): TerraformVariable {
  const names = stages.map((stage) => stage.name);
  return once(
    stack,
    DELIVERY_STAGE,
    (id) =>
      new TerraformVariable(stack, id, {
        type: 'string',
        description: `Which stage this ${place} is: ${names.join(', ')}. GitHub's environment of that name alone may deliver here`,
        validation: [
          {
            condition: `\${contains(${JSON.stringify(names)}, var.${DELIVERY_STAGE})}`,
            errorMessage: `The stage must be one of ${names.join(', ')}.`,
          },
        ],
      }),
  );
}
