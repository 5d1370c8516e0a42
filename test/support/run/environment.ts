import { createRequire } from 'node:module';
import { TestEnvironment } from 'jest-environment-node';

/**
 * Node's environment with one CloudFormation validator for all test files of a worker. Each file loads the CDK anew;
 * the validator compiles its rules for seconds each time that a stack has types of resources it has not met, though the
 * rules stay the same.
 */
export default class extends TestEnvironment {
  public async setup(): Promise<void> {
    await super.setup();
    Object.defineProperty(this.global, 'cloudFormationValidate', { get: validator });
  }
}

let loaded: Validator | undefined;

interface Validator {
  readonly CompositeEngine: new (config: object) => Engine;
}

interface Engine {
  validateTemplate(template: object, options: object): object;
  free(): void;
}

/** The validator's module, with engines that are made once for each configuration and never freed. */
function validator(): Validator {
  if (loaded !== undefined) return loaded;
  const original: Validator = createRequire(require.resolve('aws-cdk-lib'))('@aws/cloudformation-validate');
  const engines = new Map<string, Engine>();
  const shared = (config: object): Engine => {
    const key = JSON.stringify(config);
    if (!engines.has(key)) engines.set(key, outOfTests(new original.CompositeEngine(structuredClone(config))));
    return engines.get(key)!;
  };
  loaded = { ...original, CompositeEngine: function (config: object) { return shared(config); } as unknown as Validator['CompositeEngine'] };
  return loaded;
}

/**
 * Takes options that were made inside the environment of a test: the engine refuses objects that are no plain ones of
 * its own.
 */
function outOfTests(engine: Engine): Engine {
  return { validateTemplate: (template, options) => engine.validateTemplate(template, structuredClone(options)), free: () => {} };
}
