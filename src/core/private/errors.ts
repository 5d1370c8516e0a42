/**
 * A refusal of this library. `name` is a code to search for and to branch on, `InvalidTrainingPipelineMaxRuntimeHours`
 * or `UnsupportedServingEndpoint`; `constructPath` says which construct of the app it is, as the CDK's own errors do.
 */
export class MlopsError extends Error {
  readonly constructPath?: string;

  constructor(code: string, message: string, constructPath?: string) {
    super(message);
    this.name = pascalCase(code);
    this.constructPath = constructPath;
  }
}

/** `Invalid training pipeline compute.acceleratorCount` as `InvalidTrainingPipelineComputeAcceleratorCount`. */
function pascalCase(words: string): string {
  return words.split(/[^A-Za-z0-9]+/).map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}
