import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { App, CfnParameter, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as iam from 'aws-cdk-lib/aws-iam';
import { resolveImage } from '../../../../src/aws/private/base/image';
import { ContainerImage } from '../../../../src/core/container-image';

const scene = () => {
  const stack = new Stack(new App(), 'Stack', { env: { account: '111122223333', region: 'eu-west-1' } });
  const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') });
  return { stack, role };
};
const statement = (resource: unknown) => ({
  PolicyDocument: {
    Statement: Match.arrayWith([
      Match.objectLike({ Action: ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'], Resource: resource }),
      Match.objectLike({ Action: 'ecr:GetAuthorizationToken', Resource: '*' }),
    ]),
  },
});

test('an image of an AWS account can be pulled from that account', () => {
  const { stack, role } = scene();
  const image = resolveImage(stack, 'Image', ContainerImage.fromUri('763104351884.dkr.ecr.eu-west-1.amazonaws.com/pytorch-training:2.5-gpu'));
  image.grantPull(role).assertSuccess();

  expect(image.imageUri).toBe('763104351884.dkr.ecr.eu-west-1.amazonaws.com/pytorch-training:2.5-gpu');
  Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', statement(
    { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ecr:eu-west-1:763104351884:repository/pytorch-training']] },
  ));
});

test.each([
  '111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/churn@sha256:0123',
  '111122223333.dkr.ecr-fips.us-gov-west-1.amazonaws.com/team/churn:1',
  '111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/team/churn',
])('%s names its repository', (uri) => {
  const { stack, role } = scene();
  resolveImage(stack, 'Image', ContainerImage.fromUri(uri)).grantPull(role);
  const [, policy] = Object.entries(Template.fromStack(stack).findResources('AWS::IAM::Policy'))[0];
  expect(JSON.stringify(policy)).toContain(`:ecr:${uri.split('.')[3]}:111122223333:repository/team/churn"`);
});

test('an image of a repository in the app is pulled from that repository only', () => {
  const { stack, role } = scene();
  const repository = new ecr.Repository(stack, 'Repository');
  resolveImage(stack, 'Image', ContainerImage.fromUri(repository.repositoryUriForTag('1'))).grantPull(role);
  const json = JSON.stringify(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  expect(json).toContain('":repository/",{"Ref":"Repository22E53BBD"}');
});

test('an address that only the deployment knows is narrowed to its account and region', () => {
  const { stack, role } = scene();
  const parameter = new CfnParameter(stack, 'Uri');
  resolveImage(stack, 'Image', ContainerImage.fromUri(parameter.valueAsString)).grantPull(role);
  const json = JSON.stringify(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  expect(json).toContain('{"Fn::Select":[3,{"Fn::Split":[".",{"Ref":"Uri"}]}]},":",{"Fn::Select":[0,{"Fn::Split":[".",{"Ref":"Uri"}]}]},":repository/*"');
});

test('an address outside Amazon ECR is refused', () => {
  const { stack } = scene();
  expect(() => resolveImage(stack, 'Image', ContainerImage.fromUri('docker.io/library/python:3.12'))).toThrow(
    "container image 'Stack': uri must be an image in Amazon ECR, <account>.dkr.ecr.<region>.amazonaws.com/<repository>: " +
    "SageMaker pulls from nowhere else, got 'docker.io/library/python:3.12'");
});

test('a directory becomes an asset for x86, with its Dockerfile and exclusions', () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'image-'));
  fs.writeFileSync(path.join(directory, 'Dockerfile.gpu'), 'FROM scratch');
  fs.writeFileSync(path.join(directory, 'notes.md'), 'not part of the image');
  const { stack, role } = scene();
  const image = resolveImage(stack, 'Image', ContainerImage.fromDirectory(directory, { dockerfile: 'Dockerfile.gpu', exclude: ['notes.md'] }));
  image.grantPull(role);

  const assembly = (stack.node.root as App).synth();
  const manifest = JSON.parse(fs.readFileSync(path.join(assembly.directory, 'Stack.assets.json'), 'utf8'));
  const [{ source }] = Object.values(manifest.dockerImages) as any[];
  expect(source).toMatchObject({ dockerFile: 'Dockerfile.gpu', platform: 'linux/amd64' });
  expect(fs.readdirSync(path.join(assembly.directory, source.directory))).toEqual(['Dockerfile.gpu']);
  expect(JSON.stringify(assembly.getStackByName('Stack').template)).toContain('ecr:BatchGetImage');
  fs.rmSync(directory, { recursive: true });
});
