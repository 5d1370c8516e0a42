import { IConstruct } from 'constructs';
import { MadeWorkflow, workflowsBelow } from '../base/workflow-register';

/**
 * The workflows below some constructs, each once; of a construct that exists elsewhere those are known whose ids it
 * gives.
 */
export function machineryOf(...constructs: (IConstruct | undefined)[]): MadeWorkflow[] {
  const all = constructs.flatMap((each) => (each === undefined ? [] : workflowsBelow(each)));
  return all.filter((each, index) => all.findIndex(({ id }) => id === each.id) === index);
}
