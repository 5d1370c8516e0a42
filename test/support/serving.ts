import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { strictApp } from './judges';
import { DataLake } from '../../src/aws/data-lake';
import { ModelRegistry } from '../../src/aws/model-registry';
import { ModelSource } from '../../src/aws/model-source';
import { ServingEndpoint } from '../../src/aws/serving-endpoint';
import { ServingEndpointProps } from '../../src/aws/serving-endpoint-props';
import { ContainerImage } from '../../src/core';

/** An image in a registry. */
export const IMAGE = ContainerImage.fromUri('111122223333.dkr.ecr.eu-central-1.amazonaws.com/churn@sha256:0123');
/** One archive in the lake, served by the template. */
export const ARTIFACT = ModelSource.artifact({ image: IMAGE, key: 'training/one/model.tar.gz' });
/** Another, to compare with. */
export const OTHER_ARTIFACT = ModelSource.artifact({ image: IMAGE, key: 'training/two/model.tar.gz' });
/** A registered version, served by the template. */
export const PACKAGE = ModelSource.package('arn:aws:sagemaker:eu-central-1:111122223333:model-package/churn/7');
/** The fixed name of the endpoint in `World`. */
export const ENDPOINT_NAME = 'churn-serving-d00b1e8e';

/** A stack with what every endpoint needs. */
export class World {
  public readonly stack = new Stack(strictApp(), 'Churn', { env: { account: '111122223333', region: 'eu-central-1' } });
  public readonly data = new DataLake(this.stack, 'Data');
  public readonly registry = new ModelRegistry(this.stack, 'Registry', { modelName: 'churn' });

  /** The endpoint `Serving`, of the newest approved version unless the props say otherwise. */
  public serve(props: Partial<ServingEndpointProps> = {}): ServingEndpoint {
    return new ServingEndpoint(this.stack, 'Serving', { data: this.data, model: ModelSource.latestApproved(this.registry), ...props });
  }

  public get template(): Template {
    return Template.fromStack(this.stack);
  }

  /** The properties of the only resource of a type below the endpoint. */
  public only(resourceType: string): any {
    const found = Object.entries(this.template.findResources(resourceType)).filter(([id]) => id.startsWith('Serving'));
    if (found.length !== 1) throw new Error(`${found.length} resources of type ${resourceType}: ${found.map(([id]) => id)}`);
    return found[0][1].Properties;
  }

  /** The rule of this id below the endpoint. */
  public rule(id: string): any {
    const rules = Object.entries(this.template.findResources('AWS::Events::Rule'));
    return rules.find(([each]) => each.startsWith(`Serving${id}`))?.[1].Properties;
  }

  /** The states of the only state machine, with references flattened to their names. */
  public get states(): Record<string, any> {
    return JSON.parse(flat(this.only('AWS::StepFunctions::StateMachine').DefinitionString)).States;
  }

  /** The statements of a role below the endpoint, by the id of the role. */
  public statements(roleId: string): any[] {
    const policies = Object.entries(this.template.findResources('AWS::IAM::Policy')).filter(([id]) => id.startsWith(`Serving${roleId}DefaultPolicy`));
    return policies.flatMap(([, policy]) => policy.Properties.PolicyDocument.Statement);
  }

  /** The actions of a role below the endpoint. */
  public actions(roleId: string): string[] {
    return this.statements(roleId).flatMap((statement) => statement.Action);
  }
}

/** Text with its references flattened to `<LogicalId.Attribute>`. */
export function flat(value: any): string {
  if (typeof value === 'string') return value;
  if (value['Fn::Join'] !== undefined) return value['Fn::Join'][1].map(flat).join(value['Fn::Join'][0]);
  if (value['Fn::GetAtt'] !== undefined) return `<${value['Fn::GetAtt'].join('.')}>`;
  if (value.Ref !== undefined) return `<${value.Ref}>`;
  return JSON.stringify(value);
}
