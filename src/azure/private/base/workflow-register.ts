import { IConstruct } from 'constructs';

/** A workflow of the stack, for whoever watches it. */
export interface MadeWorkflow {
  /** ARM id. */
  readonly id: string;
  readonly name: string;
  /** Construct id, `Workflow`; unique below its construct. */
  readonly role: string;
  readonly path: string;
}

const MADE = Symbol.for('mlops-constructs/azure-workflow');

/** Has the workflow found by `workflowsBelow`. */
export function registerWorkflow(
  scope: IConstruct,
  id: string,
  workflow: { readonly id: string; readonly name: string },
): void {
  const made = (scope as { [MADE]?: MadeWorkflow[] })[MADE] ?? [];
  Object.defineProperty(scope, MADE, {
    value: [...made, { id: workflow.id, name: workflow.name, role: id, path: `${scope.node.path}/${id}` }],
    configurable: true,
  });
}

/** The workflows that were made below a construct, in the order of the tree. */
export function workflowsBelow(construct: IConstruct): MadeWorkflow[] {
  return construct.node.findAll().flatMap((each) => (each as { [MADE]?: MadeWorkflow[] })[MADE] ?? []);
}
