import { TerraformStack, Testing } from 'cdktf';
import { GoogleProject, GoogleProjectProps } from '../../src/gcp';

export { onlyResource, resourceAt, resourcesOf, synthesized } from './terraform-json';
export type { TerraformConfig } from './terraform-json';

/** A stack with a project in it, `my-project` in `europe-west4`. */
export function googleStack(props: Partial<GoogleProjectProps> = {}, context: { readonly [key: string]: any } = {}): TerraformStack {
  const app = Testing.app({ context: { ...context } });
  const stack = new TerraformStack(app, 'Stack');
  new GoogleProject(stack, 'Google', { projectId: 'my-project', region: 'europe-west4', projectNumber: '123456789012', ...props });
  return stack;
}
