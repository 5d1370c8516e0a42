import { requireNamedTexts } from './texts';
import { refuse, Speaker } from './validation';
import { requireWord } from './words';
import { TrainingSpec } from '../training-pipeline';

/**
 * What TypeScript sees while the user writes, and JavaScript does not: text where the vocabulary has a word of its own.
 */
export function requireTrainingWords(who: Speaker, spec: TrainingSpec & { readonly image?: object }): void {
  const image = 'a container image, as ContainerImage.fromUri(…) makes it';
  if (spec.image === undefined) refuse(who, 'image', spec.image, image);
  requireWord(who, 'image', spec.image, 'directory', image);
  requireWord(
    who,
    'compute.accelerator',
    spec.compute?.accelerator,
    'memoryGb',
    'an accelerator like Accelerator.NVIDIA_T4',
  );
  requireWord(who, 'capacity', spec.capacity, 'kind', 'a capacity, as Capacity.spot() makes it');
  spec.qualityGates?.forEach((gate, index) =>
    requireWord(
      who,
      `qualityGates[${index}]`,
      gate,
      'higherIsBetter',
      'a quality gate, as QualityGate.atLeast(…) makes it',
    ),
  );
  spec.triggers?.forEach((trigger, index) =>
    requireWord(who, `triggers[${index}]`, trigger, 'dataPrefix', 'a trigger, as Trigger.schedule(…) makes it'));
  for (const [name, value] of Object.entries(spec.hyperparameters ?? {})) {
    if (typeof value !== 'string') {
      refuse(who, `hyperparameters.${name}`, value, "text like '3', which the image reads as the number");
    }
  }
  if (spec.hyperparameters !== undefined) requireNamedTexts(who, 'hyperparameters', spec.hyperparameters);
}
