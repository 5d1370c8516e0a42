import { ITerraformDependable, TerraformProvider, TerraformResource, TerraformResourceLifecycle } from 'cdktf';
import { Construct } from 'constructs';

/** Attributes by their names. */
export interface RawAttributes {
  readonly [name: string]: unknown;
}

/** A resource that the bound provider package has no class for. */
export interface RawResourceConfig {
  /** Terraform's type, `google_project_service_identity`. */
  readonly resourceType: string;
  /**
   * Attributes in Terraform's own snake case; a function is asked at synthesis, where they are still added to until
   * then.
   */
  readonly attributes: RawAttributes | (() => RawAttributes);
  /** The provider that has the type. */
  readonly provider: TerraformProvider;
  readonly dependsOn?: ITerraformDependable[];
  readonly lifecycle?: TerraformResourceLifecycle;
}

/** Writes the attributes as they are given; tokens in them are resolved. */
export class RawResource extends TerraformResource {
  public constructor(scope: Construct, id: string, private readonly raw: RawResourceConfig) {
    super(scope, id, {
      terraformResourceType: raw.resourceType,
      terraformGeneratorMetadata: { providerName: raw.provider.terraformGeneratorMetadata?.providerName ?? '' },
      provider: raw.provider,
      dependsOn: raw.dependsOn,
      lifecycle: raw.lifecycle,
    });
  }

  /** Its own tags or labels; undefined where the type takes none. */
  public get tags(): { readonly [name: string]: string } | undefined {
    const attributes = this.given();
    return 'tags' in attributes ? (attributes.tags as { readonly [name: string]: string } | undefined) ?? {} : undefined;
  }

  protected override synthesizeAttributes(): { [name: string]: any } {
    return { ...this.given() };
  }

  private given(): RawAttributes {
    const { attributes } = this.raw;
    return typeof attributes === 'function' ? attributes() : attributes;
  }
}
