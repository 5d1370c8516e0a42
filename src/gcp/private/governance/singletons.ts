import { IConstruct } from 'constructs';
import { ruledConstraints } from './org-policies';
import { refuseBecause, Speaker } from '../../../core/private/validation';
import { GovernanceGuardrailsProps } from '../../governance-guardrails-props';
import { holdInProject } from '../base/project-holders';

/**
 * Settings that a project has once: the apply of a second construct that makes one fails, or undoes the first one's
 * each time. The audit settings can be shared, so they are warned of where they are made.
 */
export function holdSingletons(who: Speaker, guardrails: IConstruct, props: GovernanceGuardrailsProps): void {
  const single = (what: string, sentence: string) => {
    const [other] = holdInProject(guardrails, what);
    if (other === undefined) return;
    refuseBecause(who, `${sentence}, and '${other.node.path}' has it already: leave it to one of the two`);
  };
  if (props.orgPolicies) {
    for (const constraint of ruledConstraints(props)) {
      single(`policy ${constraint}`, `orgPolicies: a project has one policy of ${constraint}`);
    }
  }
  if (props.binaryAuthorization !== undefined) {
    single('binary authorization', 'binaryAuthorization: a project has one policy of what may run');
  }
  if (props.servicePerimeter !== undefined) {
    single('perimeter', 'servicePerimeter: a project is in one perimeter, or in none');
  }
}
