import * as fs from 'node:fs';
import { App, TerraformProvider, TerraformResource, TerraformStack } from 'cdktf';

/** Synthesizes the same configuration from raw resources with literal attributes: the least that cdktf can cost. */
export function gcpFloor(configFile: string): void {
  const { provider, resource, terraform, ...rest } = JSON.parse(fs.readFileSync(configFile, 'utf8'));
  const app = new App();
  const stack = new TerraformStack(app, 'BreastCancer');
  for (const [name, { source, version }] of Object.entries<{ source: string; version: string }>(terraform.required_providers)) {
    const [given] = provider[name];
    new RawProvider(stack, `provider-${name}`, given, {
      terraformResourceType: name, terraformProviderSource: source, terraformGeneratorMetadata: { providerName: name, providerVersion: version },
    });
  }
  for (const [terraformResourceType, ofType] of Object.entries<Record<string, any>>(resource)) {
    const providerName = terraformResourceType.split('_')[0];
    for (const [id, attributes] of Object.entries(ofType)) {
      new Raw(stack, id, attributes, { terraformResourceType, terraformGeneratorMetadata: { providerName } }).overrideLogicalId(id);
    }
  }
  for (const [block, value] of Object.entries(rest)) {
    if (block !== '//') stack.addOverride(block, value);
  }
  app.synth();
}

type Attributes = { [name: string]: any };

class Raw extends TerraformResource {
  public constructor(
    scope: TerraformStack, id: string, private readonly attributes: Attributes, config: ConstructorParameters<typeof TerraformResource>[2],
  ) {
    super(scope, id, config);
  }

  protected override synthesizeAttributes(): Attributes {
    return this.attributes;
  }
}

class RawProvider extends TerraformProvider {
  public constructor(
    scope: TerraformStack, id: string, private readonly attributes: Attributes, config: ConstructorParameters<typeof TerraformProvider>[2],
  ) {
    super(scope, id, config);
  }

  protected override synthesizeAttributes(): Attributes {
    return this.attributes;
  }
}
