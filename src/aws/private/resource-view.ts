import { CfnResource, Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

/** Properties of a resource as they will stand in the template, overrides included; values may be intrinsic functions. */
export type Properties = Readonly<Record<string, any>>;

/** One resource of the tree, resolved when it is first asked for and then once only. */
export class ResourceView {
  public readonly type: string;
  private template?: Properties;
  private id?: string;

  constructor(public readonly node: CfnResource) {
    this.type = node.cfnResourceType;
  }

  /** Path of the construct, unique in the app. */
  public get path(): string {
    return this.node.node.path;
  }

  public get logicalId(): string {
    return this.id ??= Stack.of(this.node).resolve(this.node.logicalId) as string;
  }

  public get properties(): Properties {
    return this.rendered().Properties ?? {};
  }

  /** Everything beside the properties: `DeletionPolicy`, `UpdateReplacePolicy`, `Condition` … */
  public get attributes(): Properties {
    return this.rendered();
  }

  /** Whether a value of another resource points to this one, by `Ref`, `Fn::GetAtt` or `Fn::Sub`. */
  public isReferredToBy(value: unknown): boolean {
    return new RegExp(`"(Ref|Fn::GetAtt|Fn::Sub)":\\[?"[^"]*\\b${this.logicalId}\\b`).test(JSON.stringify(value) ?? '');
  }

  private rendered(): Properties {
    if (this.template === undefined) {
      const stack = Stack.of(this.node);
      // The engine's own rendering: the only one that has overrides, and the one that the template is made of.
      const fragment = stack.resolve((this.node as unknown as { _toCloudFormation(): object })._toCloudFormation());
      this.template = Object.values(fragment.Resources ?? {})[0] as Properties ?? {};
    }
    return this.template;
  }
}

/** All resources below a construct. */
export class Landscape {
  public readonly resources: readonly ResourceView[];

  constructor(public readonly scope: IConstruct) {
    this.resources = scope.node.findAll().filter(CfnResource.isCfnResource).map((node) => new ResourceView(node));
  }

  public ofType(...types: readonly string[]): ResourceView[] {
    return this.resources.filter((each) => types.includes(each.type));
  }

  public has(...types: readonly string[]): boolean {
    return this.resources.some((each) => types.includes(each.type));
  }
}
