import { Template, templateOf, TemplateResource } from '../support/examples';

/** What stays when the stack goes, by its logical id. */
const staying = ({ Resources }: Template) => Object.keys(Resources).filter((id) => (Resources[id].DeletionPolicy ?? 'Delete') !== 'Delete');

/** Resources of the template that a value refers to. */
function referred(template: Template, value: unknown): string[] {
  const ids = [...JSON.stringify(value).matchAll(/"Ref":"(\w+)"|"Fn::GetAtt":\["(\w+)"/g)].map(([, ref, attribute]) => ref ?? attribute);
  return [...new Set(ids)].filter((id) => template.Resources[id] !== undefined);
}

/** What works on somebody else's behalf, and by which property it says on whose. */
const BELONGS_BY: Record<string, string> = {
  'AWS::IAM::Policy': 'Roles',
  'AWS::IAM::ManagedPolicy': 'Roles',
  'AWS::EC2::SecurityGroupIngress': 'GroupId',
  'AWS::EC2::SecurityGroupEgress': 'GroupId',
  'AWS::EC2::SubnetRouteTableAssociation': 'SubnetId',
};

/** What a resource that stays needs, and loses with the stack. */
function orphans(template: Template): string[] {
  const stays = new Set(staying(template));
  // What a policy allows may be gone: the permission is then about nothing.
  const needs = ({ Type, Properties = {} }: TemplateResource) => (/^AWS::IAM::(Managed)?Policy$/.test(Type) ? Properties.Roles ?? [] : Properties);
  const lost = [...stays].flatMap((id) => referred(template, needs(template.Resources[id]))
    .filter((other) => !stays.has(other)).map((other) => `${id} needs ${other}`));
  const parts = Object.entries(template.Resources).filter(([id, { Type }]) => BELONGS_BY[Type] !== undefined && !stays.has(id));
  return [...lost, ...parts.flatMap(([id, { Type, Properties }]) => referred(template, (Properties ?? {})[BELONGS_BY[Type]] ?? {})
    .filter((owner) => stays.has(owner)).map((owner) => `${owner} loses ${id}`))];
}

describe.each([0, 1, 2])('after the stack of level %d is gone', (level) => {
  const template = templateOf(`aws-level${level}`);

  test('what stays has its roles with their policies, its keys and its network', () => {
    expect(orphans(template)).toEqual([]);
  });

  test('nothing stays that is billed by the hour', () => {
    const interfaces = staying(template).filter((id) => template.Resources[id].Properties?.VpcEndpointType === 'Interface');
    expect(interfaces).toEqual([]);
  });
});

describe('the check itself', () => {
  const Role = { Type: 'AWS::IAM::Role', Properties: {} };
  const Policy = { Type: 'AWS::IAM::Policy', Properties: { Roles: [{ Ref: 'Role' }] } };
  const Group = { Type: 'AWS::SageMaker::FeatureGroup', DeletionPolicy: 'Retain', Properties: { RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] } } };

  test('sees a role that goes', () => {
    expect(orphans({ Resources: { Group, Role, Policy } })).toEqual(['Group needs Role']);
  });

  test('sees the policy of a role that stays', () => {
    expect(orphans({ Resources: { Group, Role: { ...Role, DeletionPolicy: 'Retain' }, Policy } })).toEqual(['Role loses Policy']);
  });
});
