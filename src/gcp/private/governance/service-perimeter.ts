import { AccessContextManagerServicePerimeter } from '@cdktf/provider-google/lib/access-context-manager-service-perimeter';
import { Construct } from 'constructs';
import { stableName } from '../../../terraform/names';
import { GoogleProject } from '../../google-project';
import { ServicePerimeterOptions } from '../../governance-guardrails-props';
import { after } from '../base/ordering';

/** APIs that hold or move data. @see https://cloud.google.com/vpc-service-controls/docs/supported-products */
export const PROTECTED_SERVICES: readonly string[] = [
  'aiplatform',
  'artifactregistry',
  'bigquery',
  'cloudkms',
  'pubsub',
  'run',
  'secretmanager',
  'storage',
];

/** A line around the project that data of these services does not cross, whoever asks. */
export class ServicePerimeter extends Construct {
  constructor(scope: Construct, id: string, spec: Required<ServicePerimeterOptions>) {
    super(scope, id);
    const project = GoogleProject.of(this);
    const parent = `accessPolicies/${spec.accessPolicyId}`;
    const name = stableName(this, undefined, { maxLength: 50, separator: '_' });
    const inside = {
      resources: [`projects/${project.projectNumber}`],
      restrictedServices: spec.restrictedServices.map((service) => `${service}.googleapis.com`),
      accessLevels: spec.accessLevels.length === 0 ? undefined : [...spec.accessLevels],
    };
    new AccessContextManagerServicePerimeter(this, 'Perimeter', {
      parent,
      name: `${parent}/servicePerimeters/${name}`,
      title: name,
      description: `Data of ${project.projectId} stays inside`,
      perimeterType: 'PERIMETER_TYPE_REGULAR',
      ...(spec.enforced ? { status: inside } : { spec: inside, useExplicitDryRunSpec: true }),
      dependsOn: after(project._api('accesscontextmanager')),
    });
  }
}
