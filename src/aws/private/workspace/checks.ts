import { aws_ec2 as ec2 } from 'aws-cdk-lib';
import { requireTexts } from '../../../core/private/texts';
import { refuse, refuseBecause, requireInteger, requireMatch, Speaker } from '../../../core/private/validation';
import { WorkspaceProps } from '../../workspace-props';
import { LONGEST_VALUE, requireEnvironment, requireInstanceType } from '../base/fields';

/** The isolated subnets of a network, or its private ones where it has none. */
export function subnetsOf(who: Speaker, vpc: ec2.IVpc): ec2.SubnetSelection {
  const subnets = vpc.isolatedSubnets.length > 0 ? vpc.isolatedSubnets : vpc.privateSubnets;
  if (subnets.length === 0) refuseBecause(who, 'vpc has no isolated and no private subnets: name some with vpcSubnets');
  return { subnets };
}

/** Limits of SageMaker Studio, and props that belong together. */
export function checkWorkspace(who: Speaker, props: WorkspaceProps): void {
  requireTexts(who, props, { instanceTypes: 'texts?', availabilityZones: 'texts?', vpcCidr: 'text?' });
  requireInteger(who, 'maxVolumeGiB', props.maxVolumeGiB, 5, 16384);
  requireEnvironment(who, 'environment', props.environment, LONGEST_VALUE.model);
  if (props.instanceTypes?.length === 0) refuse(who, 'instanceTypes', [], 'at least one machine type');
  for (const each of props.instanceTypes ?? []) requireInstanceType(who, 'instanceTypes', each);
  requireMatch(
    who,
    'vpcCidr',
    props.vpcCidr,
    /^\d{1,3}(\.\d{1,3}){3}\/(1[6-9])$/,
    'a block of addresses like 10.0.0.0/16, /16 to /19',
  );
  const zones = props.availabilityZones;
  if (zones !== undefined && zones.length !== 2) refuse(who, 'availabilityZones', zones, 'two zones');
  const ofNewNetwork = (['vpcCidr', 'availabilityZones', 'interfaceEndpoints'] as const).find(
    (each) => props[each] !== undefined,
  );
  if (props.vpc !== undefined && ofNewNetwork !== undefined) {
    refuseBecause(who, `${ofNewNetwork} is about a new network: leave it out where vpc is given`);
  }
  if (props.vpc === undefined && props.vpcSubnets !== undefined) {
    refuseBecause(who, 'vpcSubnets is about a network of yours: give vpc as well, or leave it out');
  }
}
