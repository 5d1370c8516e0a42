import { TerraformResource, TerraformStack } from 'cdktf';
import { IConstruct } from 'constructs';

/**
 * Attributes of a resource as they will stand in `cdk.tf.json`, overrides included; what only the deployment knows is
 * text like `${google_x.y.id}`.
 */
export type Attributes = Readonly<Record<string, any>>;

/** One resource of the tree. */
export interface ResourceView {
  readonly node: TerraformResource;
  readonly type: string;
  /** Path of the construct, unique in the app. */
  readonly path: string;
  /** How other resources refer to it, `google_storage_bucket.Data_Raw_CC4222E8`. */
  readonly address: string;
  readonly attributes: Attributes;
}

/** The resources that one of Terraform stands for: mostly itself. */
export type SeenAs = (resource: ResourceView) => ResourceView[];

/** All resources below a construct, and the configuration of the stack's providers. */
export class Landscape {
  public readonly resources: readonly ResourceView[];
  private readonly providers: Attributes;
  private readonly sources: Attributes;
  private readonly declared: Attributes;

  /**
   * @param scope whose resources are looked at
   * @param json the whole stack as the engine renders it: the only rendering that has overrides, and the one that the
   *   file is made of. Several scopes of a stack share one, because it costs as much as the stack is large.
   * @param seenAs what the rules see of a resource that carries others, `azapi_resource`
   */
  constructor(
    public readonly scope: IConstruct,
    json: Attributes = TerraformStack.of(scope).toTerraform(),
    seenAs: SeenAs = (resource) => [resource],
  ) {
    this.resources = scope.node
      .findAll()
      .filter(isResource)
      .map((node) => ({
        node,
        type: node.terraformResourceType,
        path: node.node.path,
        address: `${node.terraformResourceType}.${node.friendlyUniqueId}`,
        attributes: json.resource?.[node.terraformResourceType]?.[node.friendlyUniqueId] ?? {},
      }))
      .flatMap(seenAs);
    this.sources = json.data ?? {};
    this.declared = json.resource ?? {};
    this.providers = json.provider ?? {};
  }

  public ofType(...types: readonly string[]): ResourceView[] {
    return this.resources.filter((each) => types.includes(each.type));
  }

  /**
   * Addresses and attributes of all resources of a type in the stack, also of those that lie outside the scope: for
   * what a resource of the scope refers to.
   */
  public inStack(type: string): { readonly address: string; readonly attributes: Attributes }[] {
    return Object.entries<Attributes>(this.declared[type] ?? {}).map(([id, attributes]) => ({
      address: `${type}.${id}`,
      attributes,
    }));
  }

  /** Configuration of a provider of the stack, `google`: of the first where there are several. */
  public provider(name: string): Attributes {
    return one(this.providers[name]) ?? {};
  }

  /** Attributes of a data source of the stack. */
  public data(type: string, name: string): Attributes | undefined {
    return this.sources[type]?.[name];
  }

  public has(...types: readonly string[]): boolean {
    return this.resources.some((each) => types.includes(each.type));
  }
}

/** A block that may stand alone or in a list. */
export function one(block: any): any {
  return Array.isArray(block) ? block[0] : block;
}

/**
 * All values at the end of a path through blocks, each of which may stand alone or in a list; undefined where one is
 * missing.
 */
export function valuesOf(attributes: Attributes, path: string): unknown[] {
  return path.split('.').reduce<any[]>((values, name) => values.flatMap((value) => {
    const inner = value?.[name];
    return Array.isArray(inner) ? (inner.length === 0 ? [undefined] : inner) : [inner ?? undefined];
  }), [attributes]);
}

/** Terraform takes a boolean in words too. */
export function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}

/** Whether Terraform, or a workflow, will only know the value when it runs. */
export function isRuntime(value: unknown): boolean {
  return typeof value === 'string' && /\$\{/.test(value);
}

function isResource(node: IConstruct): node is TerraformResource {
  return TerraformResource.isTerraformResource(node);
}
