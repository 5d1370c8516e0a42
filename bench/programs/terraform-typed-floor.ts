import * as fs from 'node:fs';
import { App, TerraformStack } from 'cdktf';
import { asGiven, GivenProvider, newRawProvider, newRawResource } from './terraform-floor';

/** A configuration in the words of the provider's classes. */
export interface TypedConfiguration {
  /** The provider whose package has classes for its types. */
  readonly provider: TypedProvider;
  /** Providers that no package has classes for. */
  readonly others: readonly GivenProvider[];
  readonly resources: readonly TypedBlock[];
  /** Variables, outputs and what else a configuration has. */
  readonly rest: Readonly<Record<string, unknown>>;
}

/** A provider's class and what it is given. */
export interface TypedProvider {
  readonly name: string;
  readonly module: string;
  readonly className: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly overrides: Readonly<Record<string, unknown>>;
}

export interface TypedBlock {
  readonly id: string;
  readonly type: string;
  /** Absent for a type that the provider's package has no class for; `config` is all that it is given then. */
  readonly module?: string;
  readonly className?: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Arguments of the language: `lifecycle`, `depends_on` … */
  readonly overrides: Readonly<Record<string, unknown>>;
}

/**
 * Synthesizes the same configuration from the provider's own class of each type: what a program costs that writes every
 * argument by hand.
 */
export function terraformTypedFloor(file: string): void {
  const { provider, others, resources, rest }: TypedConfiguration = JSON.parse(fs.readFileSync(file, 'utf8'));
  const app = new App();
  const stack = new TerraformStack(app, 'BreastCancer');
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- as the compiled import of a program does
  const declared = new (require(provider.module)[provider.className])(
    stack,
    `provider-${provider.name}`,
    provider.config,
  );
  for (const [key, value] of Object.entries(provider.overrides)) declared.addOverride(key, value);
  for (const each of others) newRawProvider(stack, each);
  for (const { id, type, module, className, config, overrides } of resources) {
    if (module === undefined) {
      newRawResource(stack, type, id, config);
      continue;
    }
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- as the compiled import of a program does
    asGiven(new (require(module)[className!])(stack, id, config), id, overrides);
  }
  for (const [block, value] of Object.entries(rest)) stack.addOverride(block, value);
  app.synth();
}
