import * as fs from 'node:fs';
import { App, TerraformProvider, TerraformResource, TerraformStack } from 'cdktf';

/** Synthesizes the same configuration from raw resources with literal attributes: the least that cdktf can cost. */
export function terraformFloor(configFile: string): void {
  const { provider, resource, terraform, ...rest } = JSON.parse(fs.readFileSync(configFile, 'utf8'));
  const app = new App();
  const stack = new TerraformStack(app, 'BreastCancer');
  for (const [name, { source, version }] of Object.entries<{ source: string; version: string }>(
    terraform.required_providers,
  )) {
    newRawProvider(stack, { name, source, version, attributes: provider[name][0] });
  }
  for (const [terraformResourceType, ofType] of Object.entries<Record<string, any>>(resource)) {
    for (const [id, attributes] of Object.entries(ofType)) newRawResource(stack, terraformResourceType, id, attributes);
  }
  for (const [block, value] of Object.entries(rest)) {
    if (block !== '//') stack.addOverride(block, value);
  }
  app.synth();
}

/** A provider as it stands in a configuration. */
export interface GivenProvider {
  readonly name: string;
  readonly source: string;
  readonly version: string;
  readonly attributes: Attributes;
}

export function newRawProvider(stack: TerraformStack, { name, source, version, attributes }: GivenProvider): void {
  new RawProvider(stack, `provider-${name}`, attributes, {
    terraformResourceType: name,
    terraformProviderSource: source,
    terraformGeneratorMetadata: { providerName: name, providerVersion: version },
  });
}

export function newRawResource(
  stack: TerraformStack,
  terraformResourceType: string,
  id: string,
  given: Attributes,
): void {
  const [providerName] = terraformResourceType.split('_');
  const { attributes, overrides } = split(given);
  asGiven(
    new Raw(stack, id, attributes, { terraformResourceType, terraformGeneratorMetadata: { providerName } }),
    id,
    overrides,
  );
}

/** What a resource is given beside the arguments of its type. */
export function asGiven(resource: TerraformResource, id: string, overrides: Attributes): void {
  resource.overrideLogicalId(id);
  for (const [key, value] of Object.entries(overrides)) resource.addOverride(key, value);
}

/**
 * The arguments of a resource's type, and those that the language itself has; cdktf's own note on the resource is
 * neither.
 */
export function split(given: Attributes): { readonly attributes: Attributes; readonly overrides: Attributes } {
  const part = (isMeta: boolean) =>
    Object.fromEntries(Object.entries(given).filter(([key]) => key !== '//' && META.includes(key) === isMeta));
  return { attributes: part(false), overrides: part(true) };
}

const META = ['count', 'depends_on', 'for_each', 'lifecycle', 'provider'];

type Attributes = { [name: string]: any };

class Raw extends TerraformResource {
  public constructor(
    scope: TerraformStack,
    id: string,
    private readonly attributes: Attributes,
    config: ConstructorParameters<typeof TerraformResource>[2],
  ) {
    super(scope, id, config);
  }

  protected override synthesizeAttributes(): Attributes {
    return this.attributes;
  }
}

class RawProvider extends TerraformProvider {
  public constructor(
    scope: TerraformStack,
    id: string,
    private readonly attributes: Attributes,
    config: ConstructorParameters<typeof TerraformProvider>[2],
  ) {
    super(scope, id, config);
  }

  protected override synthesizeAttributes(): Attributes {
    return this.attributes;
  }
}
