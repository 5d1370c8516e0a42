import { TerraformProvider, TerraformStack } from 'cdktf';

/** A provider without a package of its own: Terraform needs its name, its source and a range of versions. */
export interface RawProviderConfig {
  /** Local name and prefix of its types, `google-beta`. */
  readonly name: string;
  /** Address in the registry, `hashicorp/google-beta`. */
  readonly source: string;
  /** Range of versions, `~> 6.50`. */
  readonly version: string;
  /** Its configuration, in Terraform's own snake case. */
  readonly attributes?: { readonly [name: string]: unknown };
}

/** The one provider of this name in the stack, made at the first call. */
export function rawProvider(stack: TerraformStack, config: RawProviderConfig): TerraformProvider {
  const existing = stack
    .allProviders()
    .find((each) => each.terraformResourceType === config.name && each.alias === undefined);
  return existing ?? new RawProvider(stack, config);
}

class RawProvider extends TerraformProvider {
  private readonly attributes: { readonly [name: string]: unknown };

  public constructor(stack: TerraformStack, config: RawProviderConfig) {
    super(stack, `provider-${config.name}`, {
      terraformResourceType: config.name,
      terraformProviderSource: config.source,
      terraformGeneratorMetadata: { providerName: config.name, providerVersion: config.version, providerVersionConstraint: config.version },
    });
    this.attributes = config.attributes ?? {};
  }

  protected override synthesizeAttributes(): { [name: string]: any } {
    return { ...this.attributes };
  }
}
