import { CfnResource, Stack } from 'aws-cdk-lib';
import { Landscape, ResourceView } from './resource-view';
import { referenceText } from './sagemaker-requests';

/** A subnet that a route leads out of to the internet. */
interface OpenSubnet {
  readonly stack: Stack;
  /** How its own stack refers to it. */
  readonly text: string;
}

/**
 * Where a route to everywhere may lead that is the internet; a transit gateway or a peer has routes of its own, which
 * nobody here sees.
 */
const TO_THE_INTERNET = [
  'EgressOnlyInternetGatewayId',
  'GatewayId',
  'InstanceId',
  'NatGatewayId',
  'NetworkInterfaceId',
];

/**
 * Which of the subnets have a route to the internet, by the routes of the whole app: a network stands beside what is
 * looked at more often than in it. Of an imported subnet nothing is known.
 */
export function waysOut(subnets: readonly unknown[], resource: ResourceView, around: Landscape): string[] {
  const stack = Stack.of(resource.node);
  return subnets.map(referenceText).filter((subnet) => openSubnets(around).some((open) => (open.stack === stack
    ? open.text === subnet
    : subnet.includes(`:${open.stack.stackName}:`) && subnet.includes(logicalIdIn(open.text)))));
}

function openSubnets(around: Landscape): readonly OpenSubnet[] {
  if (!OPEN.has(around)) OPEN.set(around, findOpenSubnets(around));
  return OPEN.get(around)!;
}

/** A landscape never changes, and every job asks. */
const OPEN = new WeakMap<Landscape, readonly OpenSubnet[]>();

function findOpenSubnets(around: Landscape): OpenSubnet[] {
  const all = around.scope.node.root.node.findAll().filter(CfnResource.isCfnResource);
  const ofType = (type: string) =>
    all.filter((each) => each.cfnResourceType === type).map((each) => new ResourceView(each));
  const tables = ofType('AWS::EC2::Route')
    .filter(
      ({ properties }) =>
        properties.DestinationCidrBlock === '0.0.0.0/0' || properties.DestinationIpv6CidrBlock === '::/0',
    )
    .filter(({ properties }) => TO_THE_INTERNET.some((way) => properties[way] !== undefined))
    .map((route) => ({ stack: Stack.of(route.node), text: referenceText(route.properties.RouteTableId) }));
  return ofType('AWS::EC2::SubnetRouteTableAssociation')
    .map(({ node, properties }) => ({
      stack: Stack.of(node), table: referenceText(properties.RouteTableId), text: referenceText(properties.SubnetId),
    }))
    .filter(({ stack, table }) => tables.some((open) => open.stack === stack && open.text === table));
}

function logicalIdIn(text: string): string {
  return /:(\w+)\$$/.exec(text)?.[1] ?? text;
}
