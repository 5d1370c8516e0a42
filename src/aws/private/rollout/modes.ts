import { RolloutSpec } from './spec';
import { choose, jsonata, literal, remember, State } from '../base/state-language';

/**
 * What an endpoint of each mode cannot become. The other ways are tried; where SageMaker refuses one of them, the
 * failure says what to do.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html (an endpoint on instances cannot be converted)
 * @see https://github.com/aws/sagemaker-python-sdk/pull/3124 (the AsyncInferenceConfig parameter cannot be removed)
 */
const CANNOT_COME_FROM: Readonly<Record<string, readonly string[]>> = {
  'serverless': ['real-time', 'asynchronous'],
  'real-time': ['asynchronous'],
  'asynchronous': [],
};

/** The mode that the stack asks for, in the words of `Serving`. */
export function modeOf({ variant, asyncInferenceConfig }: RolloutSpec): string {
  if (asyncInferenceConfig !== undefined) return 'asynchronous';
  return variant?.ServerlessConfig === undefined ? 'real-time' : 'serverless';
}

/** Where an update is looked at first: whether SageMaker can make of the live endpoint what the stack asks for. */
export function enterModes(spec: RolloutSpec, next: string): string {
  return spec.inferenceComponent || CANNOT_COME_FROM[modeOf(spec)].length === 0 ? next : 'CanBecome';
}

/** Says at once what would otherwise be a refusal of each update. */
export function modeStates(spec: RolloutSpec, next: string): Record<string, State> {
  if (enterModes(spec, next) === next) return {};
  const others = CANNOT_COME_FROM[modeOf(spec)].map((mode) => literal(mode)).join(', ');
  return {
    CanBecome: choose([[`$champion.mode in [${others}]`, 'CannotBecome']], next),
    CannotBecome: remember({
      failure: { Error: 'CannotBecome', Cause: jsonata(`'SageMaker cannot convert a live endpoint: ' & ${wayOut(spec)}`) },
    }, 'StartFailing'),
  };
}

/** JSONata: what the live endpoint is, what the stack asks for, and how to get there. */
export function wayOut(spec: RolloutSpec): string {
  return `$endpointName & ' is ' & $champion.mode & ${literal(
    ` and the stack asks for ${modeOf(spec)} serving. It goes on serving as it is. ` +
      'Add a second ServingEndpoint with another endpointName, move the callers to it, and then remove this one',
  )}`;
}
