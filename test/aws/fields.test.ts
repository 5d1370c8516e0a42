import { App, aws_ec2 as ec2, Stack } from 'aws-cdk-lib';
import { Level0Blueprint } from '../../src/aws/blueprints';
import { DataLake } from '../../src/aws/data-lake';
import { ModelRegistry } from '../../src/aws/model-registry';
import { ModelSource } from '../../src/aws/model-source';
import { MonitoringStack } from '../../src/aws/monitoring-stack';
import { SageMakerServing } from '../../src/aws/sagemaker-serving';
import { ServingEndpoint } from '../../src/aws/serving-endpoint';
import { TrainingPipeline } from '../../src/aws/training-pipeline';
import { Workspace } from '../../src/aws/workspace';
import { ContainerImage, QualityGate, Serving, Trigger } from '../../src/core';

const image = ContainerImage.fromUri('111122223333.dkr.ecr.eu-west-1.amazonaws.com/churn:1');

/** A network with one public and so many isolated subnets, in a stack where each construct can be tried. */
class Scene {
  public readonly stack = new Stack(new App(), 'Stack');
  public readonly data = new DataLake(this.stack, 'Data');
  public readonly registry = new ModelRegistry(this.stack, 'Registry');
  public readonly vpc = ec2.Vpc.fromVpcAttributes(this.stack, 'Vpc', {
    vpcId: 'vpc-1',
    availabilityZones: Array.from({ length: 17 }, (_, zone) => `zone-${zone}`),
    isolatedSubnetIds: Array.from({ length: 17 }, (_, zone) => `subnet-${zone}`),
    publicSubnetIds: Array.from({ length: 17 }, (_, zone) => `public-${zone}`),
  });

  public train(props: object) {
    return new TrainingPipeline(this.stack, 'Training', { data: this.data, registry: this.registry, image, ...props });
  }

  public serve(props: object) {
    return new ServingEndpoint(this.stack, 'Serving', { data: this.data, model: ModelSource.latestApproved(this.registry), ...props });
  }

  public monitor(props: object) {
    const endpoint = this.serve({ capture: {} });
    return new MonitoringStack(this.stack, 'Monitoring', { data: this.data, registry: this.registry, image, endpoint, drift: {}, ...props });
  }

  public work(props: object) {
    return new Workspace(this.stack, 'Workspace', { data: this.data, ...props });
  }

  public groups(count: number) {
    return Array.from({ length: count }, (_, index) => ec2.SecurityGroup.fromSecurityGroupId(this.stack, `Group${index}`, `sg-${index}`));
  }
}

type Trial = [what: string, make: (scene: Scene) => unknown, message: string];
const SIXTEEN = { availabilityZones: Array.from({ length: 16 }, (_, zone) => `zone-${zone}`), subnetType: ec2.SubnetType.PRIVATE_ISOLATED };
const OPEN = { subnetType: ec2.SubnetType.PUBLIC };
const ANY = { subnetType: ec2.SubnetType.PRIVATE_ISOLATED };

describe('a network is the same for every job, endpoint and notebook', () => {
  const open = 'must be private or isolated: machines in a public subnet get no address and reach nothing';
  test.each<Trial>([
    ['public subnets of a training', (s) => s.train({ vpc: s.vpc, subnets: OPEN }), `subnets ${open}`],
    ['public subnets of an endpoint', (s) => s.serve({ vpc: s.vpc, vpcSubnets: OPEN }), 'vpcSubnets'],
    ['public subnets of a drift run', (s) => s.monitor({ vpc: s.vpc, vpcSubnets: OPEN }), 'vpcSubnets'],
    ['public subnets of notebooks', (s) => s.work({ vpc: s.vpc, vpcSubnets: { subnets: s.vpc.publicSubnets.slice(0, 2) } }), `vpcSubnets ${open}`],
    ['17 subnets of a training', (s) => s.train({ vpc: s.vpc, subnets: ANY }), "subnets must be at most 16, got '17 subnets'"],
    ['17 subnets of an endpoint', (s) => s.serve({ vpc: s.vpc, vpcSubnets: ANY }), "vpcSubnets must be at most 16, got '17 subnets'"],
    ['17 subnets of a drift run', (s) => s.monitor({ vpc: s.vpc, vpcSubnets: ANY }), "vpcSubnets must be at most 16, got '17 subnets'"],
    ['5 more groups of a training', (s) => s.train({ vpc: s.vpc, subnets: SIXTEEN, securityGroups: s.groups(5) }),
      'securityGroups must be at most 4, because SageMaker takes 5 and one is made here, got 5'],
    ['6 groups of an endpoint', (s) => s.serve({ vpc: s.vpc, vpcSubnets: SIXTEEN, securityGroups: s.groups(6) }), 'securityGroups must be one to five, got 6'],
    ['6 groups of a drift run', (s) => s.monitor({ vpc: s.vpc, vpcSubnets: SIXTEEN, securityGroups: s.groups(6) }), 'securityGroups must be one to five, got 6'],
    ['no group of a drift run', (s) => s.monitor({ vpc: s.vpc, vpcSubnets: SIXTEEN, securityGroups: [] }), 'securityGroups must be one to five, got 0'],
  ])('and refuses %s', (_, make, message) => {
    expect(() => make(new Scene())).toThrow(message);
  });

  test('and takes 16 subnets', () => {
    const scene = new Scene();
    expect(() => scene.train({ vpc: scene.vpc, subnets: SIXTEEN, securityGroups: scene.groups(4) })).not.toThrow();
    expect(() => scene.serve({ vpc: scene.vpc, vpcSubnets: SIXTEEN })).not.toThrow();
  });
});

describe('a machine that is named does what it is for', () => {
  test.each<Trial>([
    ['a size that is none', (s) => s.serve({ instanceType: 'ml.m5.huge' }), "instanceType must be a SageMaker instance type like ml.m5.large, got 'ml.m5.huge'"],
    ['an endpoint on what trains', (s) => s.serve({ instanceType: 'ml.p3dn.24xlarge' }), 'instanceType must be one that SageMaker serves on, and it is for training only'],
    ['an asynchronous endpoint on it', (s) => s.serve({ serving: SageMakerServing.asynchronous(), instanceType: 'ml.t3.large' }), 'one that SageMaker serves on'],
    ['batch runs on what only serves', (s) => s.serve({ serving: Serving.batch(), instanceType: 'ml.m6g.large' }), 'one that SageMaker makes batch predictions on'],
    ['training on what only serves', (s) => s.train({ instanceType: 'ml.inf2.xlarge' }), 'one that SageMaker trains on'],
    ['processing on what does not', (s) => s.train({ processingInstanceType: 'ml.p5.48xlarge' }), 'processingInstanceType must be one that SageMaker processes on'],
    ['drift runs on what does not', (s) => s.monitor({ driftInstanceType: 'ml.inf2.xlarge' }), 'driftInstanceType must be one that SageMaker processes on'],
    ['drift runs on a machine of EC2', (s) => s.monitor({ driftInstanceType: 'm5.large' }), 'driftInstanceType must be a SageMaker instance type'],
    ['drift runs on nothing', (s) => s.monitor({ driftInstanceType: '  ' }), 'driftInstanceType must be a SageMaker instance type'],
    ['notebooks on a size that is none', (s) => s.work({ instanceTypes: ['ml.t3.tiny'] }), 'instanceTypes must be a SageMaker instance type'],
  ])('and %s is refused', (_, make, message) => {
    expect(() => make(new Scene())).toThrow(message);
  });

  test('and one that is newer than the table is SageMaker\'s to refuse', () => {
    expect(() => new Scene().serve({ instanceType: 'ml.m99x.4xlarge' })).not.toThrow();
  });
});

describe('variables have names and lengths that the API takes', () => {
  const many = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`V${index}`, '']));
  const makers: [string, (scene: Scene, environment: object) => unknown, number][] = [
    ['an endpoint', (s, environment) => s.serve({ environment }), 1024],
    ['batch runs', (s, environment) => s.serve({ environment, serving: Serving.batch() }), 1024],
    ['a training', (s, environment) => s.train({ environment }), 256],
    ['notebooks', (s, environment) => s.work({ environment }), 1024],
  ];
  test.each(makers)('of %s', (_, make, longest) => {
    const trying = (environment: object) => () => make(new Scene(), environment);
    expect(trying({ 'my key': 'x' })).toThrow('environment must be named with letters, digits and _');
    expect(trying({ LONG: 'x'.repeat(longest + 1) })).toThrow(`environment.LONG must be at most ${longest} characters long, got '${longest + 1} characters'`);
    expect(trying(many)).toThrow("environment must be at most 100, got '101 variables'");
    expect(trying({ COUNT: 3 })).toThrow('environment.COUNT must be text, got 3');
    expect(trying({ LONG: 'x'.repeat(longest), _a1: '' })).not.toThrow();
  });
});

describe('a place in a bucket is no address and has no slash in front', () => {
  const gates = [QualityGate.atLeast('auc', 0.8)];
  test.each<Trial>([
    ['new data', () => Trigger.newData('s3://bucket/x'), "newData prefix must be a path in the raw store like 'incoming/'"],
    ['new data in the root', () => Trigger.newData('/incoming/'), 'without the bucket and without a slash in front'],
    ['a data set', (s) => s.train({ datasetPrefix: '/dataset/' }), 'datasetPrefix must be a folder of the bucket'],
    ['labels', (s) => s.monitor({ modelQuality: { gates, labelsPrefix: 's3://x/labels/' } }), 'modelQuality.labelsPrefix must be a folder of the bucket'],
    ['an archive', (s) => s.serve({ model: ModelSource.artifact({ image, key: 's3://b/model.tar.gz' }) }), 'model.key must be a key of the bucket'],
    ['archives', (s) => s.serve({ serving: SageMakerServing.multiModel(), model: ModelSource.artifact({ image, key: 's3://b/models/' }) }), 'model.key must be a folder'],
    ['batch input', (s) => s.serve({ serving: Serving.batch({ inputPrefix: 's3://b/in/' }) }), 'serving.inputPrefix must be a folder of the bucket'],
    ['answers of a queue', (s) => s.serve({ serving: SageMakerServing.asynchronous({ outputPrefix: 's3://b/out/' }) }), 'serving.outputPrefix must be a folder'],
  ])('for %s', (_, make, message) => {
    expect(() => make(new Scene())).toThrow(message);
  });
});

test.each(['CHURN', '9lives', 'a'.repeat(33), 'Churn Model', 'churn_model'])('a blueprint refuses the model name %s, as the intent promises', (modelName) => {
  const stack = new Stack(new App(), 'Stack');
  expect(() => new Level0Blueprint(stack, 'Mlops', { modelName, image }))
    .toThrow(`level 0 blueprint 'Stack/Mlops': modelName must be lower-case letters, digits and hyphens that start with a letter, at most 32, got '${modelName}'`);
});
