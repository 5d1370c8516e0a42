import { CfnResource, Names, Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

/**
 * Properties of a resource as they will stand in the template, overrides included; values may be intrinsic functions.
 */
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

  /**
   * Whether a value of another resource points to this one: by `Ref`, `Fn::GetAtt` or `Fn::Sub` in the same stack,
   * through what a stack exports or a nested stack is given, or by the name that both say. Logical ids repeat from
   * stack to stack, so the id alone says nothing.
   */
  public isReferredToBy(value: unknown, other: ResourceView): boolean {
    if (value === undefined) return false;
    const text = JSON.stringify(value);
    const stack = Stack.of(this.node);
    const references =
      stack === Stack.of(other.node)
        ? [`"(Ref|Fn::GetAtt|Fn::Sub)":\\[?"[^"]*\\b${this.logicalId}\\b`]
        : [
          `"Fn::ImportValue":"${stack.stackName}:[^"]*${this.logicalId}`,
          `"(referenceto|Outputs\\.)${Names.nodeUniqueId(this.node.node)}`,
        ];
    if (references.some((each) => new RegExp(each).test(text))) return true;
    const name = this.properties[NAMES[this.type] ?? ''];
    return typeof name === 'string' && [value].flat().includes(name);
  }

  private rendered(): Properties {
    if (this.template === undefined) {
      const stack = Stack.of(this.node);
      // The engine's own rendering: the only one that has overrides, and the one that the template is made of.
      const fragment = stack.resolve((this.node as unknown as { _toCloudFormation(): object })._toCloudFormation());
      this.template = withoutNoValue(Object.values(fragment.Resources ?? {})[0] ?? {}) as Properties;
    }
    return this.template;
  }
}

/** The property that holds the name by which others may refer to a resource. */
const NAMES: { readonly [type: string]: string } = { 'AWS::IAM::Role': 'RoleName', 'AWS::S3::Bucket': 'BucketName' };

/** CloudFormation takes a property whose value is `AWS::NoValue` for one that is missing. */
function withoutNoValue(value: any): any {
  if (typeof value !== 'object' || value === null || !hasNoValue(value)) return value;
  if (Array.isArray(value)) return value.filter((each) => !isNoValue(each)).map(withoutNoValue);
  // The branches of a condition are told apart by their place.
  if (Array.isArray(value['Fn::If'])) {
    return { 'Fn::If': value['Fn::If'].map((each: any) => (isNoValue(each) ? each : withoutNoValue(each))) };
  }
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => !isNoValue(each))
      .map(([key, each]) => [key, withoutNoValue(each)]),
  );
}

function hasNoValue(value: any): boolean {
  return typeof value === 'object' && value !== null && (isNoValue(value) || Object.values(value).some(hasNoValue));
}

/** Whether CloudFormation takes the value for nothing. */
export function isNoValue(value: any): boolean {
  return typeof value === 'object' && value !== null && value.Ref === 'AWS::NoValue';
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
